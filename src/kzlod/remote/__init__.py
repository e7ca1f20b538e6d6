"""Servers on the web: addresses, credentials, patience, and SPARQL endpoints."""
