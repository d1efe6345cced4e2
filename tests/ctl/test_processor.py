"""vardectl processor on a folder at rest: what it writes, shows, logs and refuses."""

import json
import sys
import time
import unittest

from installation import Installation


class Processor(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.it = Installation()
        cls.company = cls.it.tenant(kind="processor")

    @classmethod
    def tearDownClass(cls):
        cls.it.close()

    def rows(self, owner):
        return self.it.rows("control.db", "SELECT processor, send, read, valid_from, valid_to, ended_at, end_reason "
                                          f"FROM processor WHERE owner = '{owner}' ORDER BY id")

    def test_add_list_end(self):
        owner = self.it.tenant()
        before = time.time() * 1000
        added = self.it.json("processor", "add", owner, self.company, "--operator", "Kari")
        self.assertEqual((added["owner"], added["processor"], added["rights"], added["state"], added["valid_to"]),
                         (owner, self.company, "send", "valid", None))
        ((processor, send, read, start, end, ended, reason),) = self.rows(owner)
        self.assertEqual((processor, send, read, end, ended, reason), (self.company, 1, 0, None, None, None))
        self.assertTrue(before - 1000 < start < time.time() * 1000 + 1000)
        self.it.json("processor", "add", owner, self.company, "--rights", "read", "--from", "2126-01-01", "--to",
                     "2126-12-31")
        shown = self.it.json("processor", "list", owner)["processors"]
        self.assertEqual([(r["rights"], r["state"]) for r in shown], [("send", "valid"), ("read", "future")])
        self.assertEqual((shown[1]["valid_from"], shown[1]["valid_to"]),
                         ("2126-01-01T00:00:00.000Z", "2127-01-01T00:00:00.000Z"))
        self.assertEqual(self.it.json("tenant", "show", owner)["processors"], shown)
        self.assertTrue(set(map(json.dumps, shown)) <= set(map(json.dumps, self.it.json("processor", "list",
                                                                                        self.company)["processors"])))
        table = self.it.run("processor", "list", owner).stdout.decode()
        self.assertIn(self.company, table)
        self.assertIn("future", table)
        ended = self.it.json("processor", "end", owner, self.company, "--reason", "sak 26/9")["processors"]
        self.assertEqual([(r["state"], r["end_reason"]) for r in ended], [("ended", "sak 26/9")] * 2)
        self.assertEqual(self.it.refused("processor", "end", owner, self.company, "--reason", "r")[0],
                         "processor-unknown")

    def test_each_change_is_logged_and_an_event_of_the_owner(self):
        owner, before = self.it.tenant(), len(self.it.actions())
        self.it.json("processor", "add", owner, self.company, "--rights", "send,read", "--operator", "Kari", "--reason",
                     "avtale 12")
        self.it.json("processor", "list")
        self.it.json("processor", "end", owner, self.company, "--operator", "Ola", "--reason", "oppsagt")
        actions = [(a[1], a[3], a[4]) for a in self.it.actions()[before:]]
        self.assertEqual(actions, [("Kari", "processor add", "avtale 12"), ("Ola", "processor end", "oppsagt")])
        events = self.it.events(owner)
        self.assertEqual([(e[0], e[1], e[3], e[4]) for e in events[1:]],
                         [(2, "processor-added", "Kari", "avtale 12"), (3, "processor-ended", "Ola", "oppsagt")])
        detail = json.loads(events[1][2])
        self.assertEqual((detail["owner"], detail["processor"], detail["rights"], detail["valid_to"]),
                         (owner, self.company, "send,read", None))
        self.assertEqual(json.loads(events[2][2]), {"owner": owner, "processor": self.company})

    def test_what_is_refused(self):
        owner, stranger = self.it.tenant(), next(self.it.numbers)
        before, events = len(self.it.actions()), len(self.it.events(owner))
        today = time.strftime("%Y-%m-%d", time.gmtime())
        for code, words in (("tenant-unknown", (owner, stranger)), ("tenant-unknown", (stranger, owner)),
                            ("processor-owner", (self.company, owner)), ("argument-value", (owner, owner)),
                            ("argument-value", (owner, self.company, "--rights", "write")),
                            ("argument-value", (owner, self.company, "--rights", "send,send")),
                            ("argument-value", (owner, self.company, "--from", "tomorrow")),
                            ("processor-dates", (owner, self.company, "--from", "2126-01-02", "--to", "2126-01-01")),
                            ("processor-dates", (owner, self.company, "--from", "2020-01-01", "--to", "2020-12-31")),
                            ("organisation-number", (owner, "310000018")), ("usage", (owner,)),
                            ("usage", (owner, self.company, self.company))):
            self.assertEqual(self.it.refused("processor", "add", *words)[0], code, words)
        self.assertEqual(self.it.refused("processor", "end", owner, self.company)[0], "reason-missing")
        self.assertEqual(self.it.refused("processor", "end", owner, self.company, "--reason", "r")[0],
                         "processor-unknown")
        self.assertEqual(self.it.refused("processor", "list", stranger)[0], "tenant-unknown")
        self.assertEqual((len(self.it.actions()), len(self.it.events(owner)), self.rows(owner)), (before, events, []))
        self.it.json("processor", "add", owner, self.company, "--to", today)
        code, where, text = self.it.refused("processor", "add", owner, self.company)
        self.assertEqual((code, where), ("processor-exists", self.company))


if __name__ == "__main__":
    sys.exit(unittest.main())
