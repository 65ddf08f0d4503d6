"""Take a monolithic FastAPI module apart into per-domain routers and prove nothing changed."""

__version__ = "0.1.0"
