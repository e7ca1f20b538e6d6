"""A release on the web, for people and programs: documents and pages as bytes, and the server that answers with them.

What is served is made by functions of a release and an address alone (`documents`, `pages`,
`site`); the server (`server`, `app`, `endpoint`, `engine`) adds negotiation, SPARQL and the API.
"""
