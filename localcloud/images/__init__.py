"""Container images without a container: the subset of Dockerfiles that a Python image needs, built as an
environment."""

from localcloud.images.builder import build_image as build_image
