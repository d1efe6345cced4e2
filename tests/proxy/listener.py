"""A listener in varded's place, for what the real one cannot be made to do."""
import socket
import threading

NO_CONTENT = b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"


class Listener(threading.Thread):
    """Keeps each connection's first head and answers `answer`; None: never answers."""

    def __init__(self, path, answer=NO_CONTENT):
        super().__init__(daemon=True)
        self.heads, self.answer, self.silent = [], answer, []
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.bind(str(path))
        self.socket.listen(50)
        self.start()

    def run(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            self.serve(connection)

    def serve(self, connection):
        data = b""
        while b"\r\n\r\n" not in data and (more := connection.recv(65536)):
            data += more
        if data:
            self.heads.append(data.split(b"\r\n\r\n")[0].decode("latin-1").split("\r\n"))
        if self.answer is None:
            self.silent.append(connection)  # stays open
            return
        if data:
            connection.sendall(self.answer)
        connection.close()

    def close(self):
        self.socket.close()
        for connection in self.silent:
            connection.close()
