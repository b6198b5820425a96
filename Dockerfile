# One image for pages and worker. Dependencies come first, so that a change of the code does not install them again.
FROM python:3.13-slim

RUN useradd --create-home --uid 10001 sala && mkdir /data && chown sala:sala /data
WORKDIR /sala
COPY requirements.txt .
RUN pip install --no-cache-dir --require-hashes -r requirements.txt
COPY . .
RUN pip install --no-cache-dir --no-deps --no-build-isolation -e .

USER sala
ENV SALA_DATA_DIR=/data PORT=8000 PYTHONUNBUFFERED=1
VOLUME /data
EXPOSE 8000
# The signal reaches the server itself, which then ends its worker.
CMD ["sh", "-c", "sala upgrade && exec sala serve --host 0.0.0.0"]
