# The command line, the application and the worker, on the CPU; docs/how-to/docker.md says how to build and run it.
FROM python:3.11-slim-bookworm AS build
RUN python3 -m venv /opt/posespotter
COPY requirements/cpu.txt /source/requirements/cpu.txt
RUN /opt/posespotter/bin/python -m pip install --no-cache-dir --require-hashes -r /source/requirements/cpu.txt
COPY pyproject.toml README.md LICENSE NOTICE /source/
COPY src /source/src
RUN /opt/posespotter/bin/python -m pip install --no-cache-dir --no-deps /source

FROM python:3.11-slim-bookworm
# The library is a volume, which takes its owner from this folder when it is new.
RUN useradd --create-home --uid 10001 posespotter && install --directory --owner=posespotter --group=posespotter /data
COPY --from=build /opt/posespotter /opt/posespotter
ENV PATH=/opt/posespotter/bin:$PATH \
    POSESPOTTER_LIBRARY=/data/library \
    POSESPOTTER_MODELS=/data/models
USER posespotter
WORKDIR /home/posespotter
VOLUME /data
EXPOSE 8501
ENTRYPOINT ["posespotter"]
CMD ["info"]
