"""Django's database engine for the embedded server: `ENGINE = "config.embedded.backend"`."""
