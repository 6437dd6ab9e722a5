# Brygga in a container: docs/install.md says how to use it.

# Built here, and thrown away but for /opt/brygga.
FROM python:3.11-slim AS build
WORKDIR /src
# Exact versions, known by their hashes, and nothing that wants a compiler. Copied first: they seldom change.
COPY requirements.lock requirements-run.lock ./
RUN sed -n -E '/^uv==/,/# via/p' requirements.lock > uv.lock \
    && pip install --quiet --no-cache-dir --disable-pip-version-check --root-user-action ignore --require-hashes -r uv.lock \
    && python -m venv --without-pip /opt/brygga \
    && uv pip install --no-cache --compile-bytecode --only-binary :all: --require-hashes \
        --python /opt/brygga/bin/python -r requirements-run.lock
COPY pyproject.toml README.md LICENSE ./
COPY bot/ bot/
COPY bridges/ bridges/
COPY schedules/ schedules/
COPY storage/ storage/
RUN uv build --quiet --no-cache --no-index --wheel --out-dir dist . \
    && uv pip install --no-cache --compile-bytecode --no-index --no-deps --python /opt/brygga/bin/python dist/*.whl

FROM python:3.11-slim
COPY --from=build /opt/brygga /opt/brygga
# A user of its own, who owns the folder of the settings, the database and the backups, and nothing else.
RUN useradd --system --uid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin brygga \
    && install -d -o brygga -g brygga -m 0700 /data
# Inside, the pages are served to whoever runs the container; who may come in from outside is said when it is started.
ENV PATH="/opt/brygga/bin:$PATH" \
    PYTHONDONTWRITEBYTECODE=1 \
    BRYGGA_WEB__HOST=0.0.0.0 \
    BRYGGA_WEB__PORT=8025
USER brygga
WORKDIR /data
VOLUME /data
EXPOSE 8025
# 503 while a part that is wanted is down: the container counts as unhealthy, and what it does is not disturbed.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen('http://127.0.0.1:' + os.environ['BRYGGA_WEB__PORT'] + '/healthz', timeout=4)"]
# SIGTERM, which a container is stopped with, drains within 10 seconds.
STOPSIGNAL SIGTERM
ENTRYPOINT ["brygga"]
CMD ["run"]
