"""HTTP interface: one table of endpoints, the source of the routes and of their OpenAPI description."""
