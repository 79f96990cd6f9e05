"""A file whole or not at all: written, downloaded, unpacked."""
