#!/usr/bin/python3
"""A tenant that fills every batch it can send does not keep another's document waiting."""
import http.client
import json
import threading

from hostile import forge
from varde import Varde, b64, example

BATCHES = 8


def costly(v, tenant):
    """Many signatures that take long to check and are wrong."""
    header = {"alg": "ES384", "kid": tenant.kid, "typ": "varde+jws"}
    head = forge(header, v.payload(tenant, example("minimal-hf", tenant)), tenant.key).rsplit(".", 1)[0]
    return json.dumps({"submissions": [head + "." + b64(bytes([1]) * 96)] * 250})


def main():
    with Varde() as v:
        hostile = next(t for t in v.tenants if t.alg == "ES384")
        other = v.tenants[1]
        body, headers = costly(v, hostile), {"Content-Type": "application/json", **v.bearer(hostile)}
        done, sent = [], threading.Barrier(BATCHES + 1)

        def send():
            connection = http.client.HTTPConnection(v.host, v.port, timeout=300)
            connection.request("POST", "/v1/submissions/batch", body, headers)
            sent.wait()
            answer = connection.getresponse()
            text = answer.read()
            done.append((answer.status, text))
            connection.close()

        threads = [threading.Thread(target=send) for _ in range(BATCHES)]
        for thread in threads:
            thread.start()
        sent.wait()
        for _ in range(5):
            answer = v.submit(other, example("minimal-hf", other))
            assert answer.status == 201, answer
        ahead = len(done)
        for thread in threads:
            thread.join()
        print(f"5 documents of another tenant were kept when {ahead} of {BATCHES} batches were answered")
        assert ahead <= BATCHES // 2, ahead
        for status, text in done:  # all in time, or told to come back
            assert status in (200, 503), (status, text[:300])
            if status == 200:
                results = json.loads(text)["results"]
                assert [r["problem"]["code"] for r in results] == ["signature-invalid"] * 250
        assert any(status == 200 for status, _ in done)
        # the lane is free again
        again = v.post("/v1/submissions/batch", json.dumps({"submissions": [v.sign(other, example("minimal-hf", other))]}), other,
                       type="application/json")
        assert again.json["results"][0]["status"] == 201, again


if __name__ == "__main__":
    main()
