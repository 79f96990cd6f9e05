"""Files that are complete or absent: written, downloaded, unpacked."""
