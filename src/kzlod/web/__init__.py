"""A release for people and programs on the web: documents and pages as bytes, and the live server that answers with them.

What is served is made by functions of a release and an address alone (`documents`, `pages`, `site`); `answers` and what
stands above it are the server: negotiation, SPARQL, the API.
"""
