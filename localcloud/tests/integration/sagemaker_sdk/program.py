"""A container that trains, processes and serves: the model is the words that it was trained with."""

import json
import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

BASE = Path(os.environ.get("SAGEMAKER_BASE_DIR", "/opt/ml"))


def train():
    words = "".join(file.read_text() for file in sorted((BASE / "input/data/train").iterdir()))
    sys.stdout.write(f"words: {len(words.split())}\n")
    (BASE / "model/words").write_text(words)


def process():
    source = next((BASE / "processing/input").iterdir()).read_text()
    (BASE / "processing/output/train.txt").write_text(source.strip().lower())
    (BASE / "output/message").write_text("made lower case")


class Serving(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 65536

    def do_GET(self):
        self.say(b"")

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        known = (BASE / "model/words").read_text().split()
        self.say(json.dumps({"known": body in known}).encode())

    def say(self, body):
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def serve():
    address = (os.environ.get("SAGEMAKER_BIND_TO_HOST", "0.0.0.0"), int(os.environ["SAGEMAKER_BIND_TO_PORT"]))
    ThreadingHTTPServer(address, Serving).serve_forever()


{"train": train, "serve": serve}.get(sys.argv[1], process)()
