# The application alone; its database is a service of its own (docker-compose.yml).
FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /app
# Without an installer of its own, which nothing here needs once it is built.
RUN python -m venv --without-pip .venv
COPY requirements.lock ./
RUN python -m pip --python .venv/bin/python install --no-deps --require-hashes --only-binary :all: -r requirements.lock
COPY manage.py ./
COPY config config
COPY roadmap roadmap
COPY tracker tracker
COPY templates templates
COPY static static
COPY curricula curricula
COPY locale locale
# Hashed and compressed once, here: the container serves them from a read-only file system.
RUN STATIC_ROOT=/app/collected .venv/bin/python manage.py collectstatic --noinput --verbosity 0 \
 && .venv/bin/python -m compileall -q config roadmap tracker .venv/lib

FROM python:3.11-slim-bookworm
RUN useradd --uid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin pathnotes \
 && install --directory --owner=pathnotes --mode=0700 /uploads
WORKDIR /app
COPY --from=build /app /app
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PATHNOTES_MODE=production \
    STATIC_ROOT=/app/collected \
    UPLOADS_DIR=/uploads \
    HOST=0.0.0.0 \
    PORT=8000
USER 10001
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=6s --start-period=60s CMD ["python", "-m", "config", "health"]
CMD ["python", "-m", "config", "serve"]
