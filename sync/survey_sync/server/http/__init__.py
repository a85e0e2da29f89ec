"""The interface over HTTP: one table of endpoints, from which both the routes and their description come."""
