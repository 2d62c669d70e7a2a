# PostgreSQL with Patroni, at the versions of uv.lock: docker build -f deploy/ha/patroni.Dockerfile .
ARG POSTGRES_IMAGE=postgres:17.6

FROM ${POSTGRES_IMAGE}
ARG UV_VERSION=0.13.9
COPY pyproject.toml uv.lock /opt/src/
RUN apt-get update \
    && apt-get install -y --no-install-recommends python3 python3-venv \
    && python3 -m venv /opt/tools && /opt/tools/bin/pip install --no-cache-dir uv==${UV_VERSION} \
    && cd /opt/src && UV_PROJECT_ENVIRONMENT=/opt/patroni /opt/tools/bin/uv sync --frozen --no-install-workspace --only-group ha --no-cache \
    && rm -rf /opt/tools /opt/src /var/lib/apt/lists/*
ENV PATH=/opt/patroni/bin:$PATH
USER postgres
ENTRYPOINT []
CMD ["patroni", "/etc/patroni.yml"]
