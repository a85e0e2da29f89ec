"""HTTP interface: one table of endpoints gives the routes and their OpenAPI description."""
