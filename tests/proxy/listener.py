"""A listener in varded's place, for what the real one cannot be made to do."""
import socket
import threading

NO_CONTENT = b"HTTP/1.1 204 No Content\r\n\r\n"


class Listener(threading.Thread):
    """Keeps the head of each request and answers `answer`; None: never answers. It would
    take more requests on the same connection, and closes it only `after` that many."""

    def __init__(self, path, answer=NO_CONTENT, after=None):
        super().__init__(daemon=True)
        self.heads, self.answer, self.after, self.open = [], answer, after, []
        self.connections = 0
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
            self.open.append(connection)
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        data, answered = b"", 0
        try:
            while more := connection.recv(65536):
                data += more
                while b"\r\n\r\n" in data and answered != self.after:
                    head, data = data.split(b"\r\n\r\n", 1)
                    self.heads.append(head.decode("latin-1").split("\r\n"))
                    self.connections += not answered
                    answered += 1
                    if self.answer is not None:
                        connection.sendall(self.answer)
                if answered == self.after:
                    break
        except OSError:
            pass
        if self.answer is not None:
            connection.close()

    def close(self):
        self.socket.close()
        for connection in self.open:
            connection.close()
