# One image for one service: docker build -f deploy/service.Dockerfile --build-arg SERVICE=registry .
ARG PYTHON_IMAGE=python:3.13-slim-bookworm

FROM ${PYTHON_IMAGE} AS build
ARG UV_VERSION=0.13.9
RUN pip install --no-cache-dir uv==${UV_VERSION}
WORKDIR /src
COPY pyproject.toml uv.lock ./
COPY libs libs
COPY services services
COPY gateway gateway
ARG SERVICE
ENV UV_PROJECT_ENVIRONMENT=/opt/venv UV_LINK_MODE=copy UV_COMPILE_BYTECODE=1
# Only this service and what it depends on: the image cannot even hold another service's code.
RUN --mount=type=cache,target=/root/.cache/uv \
    uv sync --frozen --no-editable --no-default-groups --package bakhong-${SERVICE}
# What the image contains, from the lock; the build fails where something else is installed.
COPY deploy/image/sbom.py deploy/image/sbom.py
RUN uv export --frozen --no-default-groups --package bakhong-${SERVICE} --preview-features sbom-export --format cyclonedx1.5 --quiet --output-file /opt/venv/sbom.cdx.json \
    && PYTHONPATH=$(echo /opt/venv/lib/python*/site-packages) python deploy/image/sbom.py /opt/venv > /dev/null

FROM ${PYTHON_IMAGE}
ARG SERVICE
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin bakhong \
    && install -d -o bakhong -g bakhong -m 0700 /var/lib/bakhong
COPY --from=build /opt/venv /opt/venv
COPY deploy/image/run.py deploy/image/sbom.py /opt/bakhong/
# The packs of provinces; PROVINCE_DIR names one of them, relative to the working directory, or a folder that is mounted.
COPY deploy/provinces /opt/bakhong/deploy/provinces
# The synthetic journeys, which the gateway's image runs.
COPY deploy/journeys /opt/bakhong/deploy/journeys
COPY deploy/demo/api_client.py /opt/bakhong/deploy/demo/
WORKDIR /opt/bakhong
ENV PATH=/opt/venv/bin:$PATH SERVICE=${SERVICE} FILES_DIR=/var/lib/bakhong PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
# The last layer that changes with each commit: those above come from the cache.
ARG VERSION=dev
LABEL org.opencontainers.image.title=bakhong-${SERVICE} org.opencontainers.image.version=${VERSION}
USER bakhong
VOLUME /var/lib/bakhong
EXPOSE 8000
ENTRYPOINT ["python", "/opt/bakhong/run.py"]
CMD ["api"]
