#!/usr/bin/python3
"""/catalog as data portals read it: rdflib takes both forms, and they are one graph; every class has
what DCAT-AP-NO makes mandatory; nothing is in it but what the caller may see, and no count."""
import sys
import unittest

import release
from statd import Statd, bearer

try:
    import rdflib
    from rdflib.compare import isomorphic
except ImportError:
    print("skipped: no rdflib here", file=sys.stderr)
    sys.exit(77)

DCAT, DCT, FOAF, VCARD = (rdflib.Namespace(n) for n in ("http://www.w3.org/ns/dcat#", "http://purl.org/dc/terms/",
                                                        "http://xmlns.com/foaf/0.1/", "http://www.w3.org/2006/vcard/ns#"))
EU = "http://publications.europa.eu/resource/authority/"
MANDATORY = {
    DCAT.Catalog: [DCT.title, DCT.description, DCT.publisher, DCAT.contactPoint, DCAT.dataset],
    DCAT.Dataset: [DCT.title, DCT.description, DCT.publisher, DCAT.contactPoint, DCAT.theme],
    DCAT.Distribution: [DCAT.accessURL],
    DCAT.DataService: [DCAT.endpointURL, DCT.title, DCT.publisher, DCAT.contactPoint],
    FOAF.Agent: [FOAF.name], VCARD.Organization: [VCARD.fn],
}
# What DCAT-AP-NO recommends and this service knows.
RECOMMENDED = {
    DCAT.Dataset: [DCT.accessRights, DCT.spatial, DCT.temporal, DCT.issued, DCT.modified, DCAT.keyword, DCAT.distribution],
    DCAT.Distribution: [DCT["format"], DCT.license, DCT.description],
    DCAT.DataService: [DCAT.servesDataset, DCAT.endpointDescription, DCT["format"], DCT.license],
}


def graph(answer, form):
    return rdflib.Graph().parse(data=answer.body.decode(), format=form)


class Catalog(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.s = Statd(publisher="Instituttet for < & \"prøve\"", publisher_uri="https://data.example/organisasjon/310000000",
                      contact="statistikk@institutt.example")
        cls.addClassCleanup(cls.s.__exit__, None, None, None)
        cls.s.__enter__()
        cls.s.publish("2026K1", release.national())

    def ask(self, accept, headers=None, s=None):
        return (s or self.s).request("GET", "/catalog", headers={"Accept": accept, **(headers or {})})

    def test_one_graph_in_two_forms(self):
        for headers in ({}, bearer(self.s)):
            json_ld, turtle = self.ask("application/ld+json", headers), self.ask("text/turtle", headers)
            self.assertEqual((json_ld.headers["Content-Type"], turtle.headers["Content-Type"]), ("application/ld+json", "text/turtle"))
            a, b = graph(json_ld, "json-ld"), graph(turtle, "turtle")
            self.assertGreater(len(a), 200)
            self.assertTrue(isomorphic(a, b))
        self.assertEqual(self.ask("*/*").headers["Content-Type"], "application/ld+json")
        self.assertEqual(self.ask("image/png").code, "not-acceptable")

    def test_mandatory(self):
        g = graph(self.ask("text/turtle"), "turtle")
        for table in (MANDATORY, RECOMMENDED):
            for kind, properties in table.items():
                nodes = list(g.subjects(rdflib.RDF.type, kind))
                self.assertTrue(nodes, kind)
                for node in nodes:
                    for p in properties:
                        values = list(g.objects(node, p))
                        self.assertTrue(values and all(str(v) for v in values), (node, p))
        for node in g.subjects(rdflib.RDF.type, DCAT.Dataset):
            self.assertEqual({t.language for t in g.objects(node, DCT.title)}, {"nb", "en"})
            self.assertEqual(list(g.objects(node, DCAT.theme)), [rdflib.URIRef(EU + "data-theme/HEAL")])
            for end in (DCT.publisher, DCAT.contactPoint, DCAT.distribution):  # what is named is also described
                for other in g.objects(node, end):
                    self.assertTrue(list(g.objects(other, rdflib.RDF.type)), other)
            self.assertEqual(len(list(g.objects(node, DCAT.distribution))), 2)

    def test_from_configuration_and_release(self):
        g = graph(self.ask("text/turtle"), "turtle")
        agent = rdflib.URIRef("https://data.example/organisasjon/310000000")
        self.assertEqual({str(v) for v in g.objects(agent, FOAF.name)}, {"Instituttet for < & \"prøve\""})
        self.assertEqual([str(v) for v in g.objects(None, VCARD.hasEmail)], ["mailto:statistikk@institutt.example"])
        self.assertEqual(self.s.get("config").json["sourceReferences"][1]["text"], "Instituttet for < & \"prøve\"")
        self.assertEqual(self.s.data("V1010").json["extension"]["contact"], [{"raw": "statistikk@institutt.example"}])
        v1010 = rdflib.URIRef(self.s.url + "/api/v2/tables/V1010")
        self.assertEqual(str(g.value(v1010, DCT.issued)), "2026-04-20")
        period = g.value(v1010, DCT.temporal)
        self.assertEqual((str(g.value(period, DCAT.startDate)), str(g.value(period, DCAT.endDate))), ("2023-01-01", "2026-03-31"))
        windows = g.value(rdflib.URIRef(self.s.url + "/api/v2/tables/V2010"), DCT.temporal)
        self.assertEqual((str(g.value(windows, DCAT.startDate)), str(g.value(windows, DCAT.endDate))), ("2023-01-01", "2025-12-31"))
        for url in g.objects(None, DCAT.accessURL):  # an address that answers
            self.assertEqual(self.s.request("GET", str(url)[len(self.s.url):]).status, 200, url)

    def test_without_configuration(self):
        with Statd() as s:
            self.assertEqual((self.ask("text/turtle", s=s).status, self.ask("text/turtle", s=s).code), (503, "no-release"))
            s.publish("2026K1", release.standard())
            g = graph(self.ask("text/turtle", s=s), "turtle")
            self.assertEqual({str(v) for v in g.objects(None, FOAF.name)}, {"Instituttet", "The Institute"})
            self.assertEqual([str(v) for v in g.objects(None, VCARD.hasEmail)], ["mailto:post@instituttet.example"])
            s.publish("2026K2", release.standard(), sequence=2, publisher={})  # nobody has said
            g = graph(self.ask("text/turtle", s=s), "turtle")
            self.assertEqual({str(v) for v in g.objects(None, FOAF.name)}, {s.info["audience"]})
            self.assertEqual([str(v) for v in g.objects(None, VCARD.hasURL)], [s.url])

    def test_audience(self):
        def datasets(answer):
            g = graph(answer, "turtle")
            return {str(n).rsplit("/", 1)[1]: str(g.value(n, DCT.accessRights)) for n in g.subjects(rdflib.RDF.type, DCAT.Dataset)}

        public = datasets(self.ask("text/turtle"))
        self.assertNotIn("V1050", public)
        self.assertNotIn(b"V1050", self.ask("application/ld+json").body)
        self.assertEqual(set(public.values()), {EU + "access-right/PUBLIC"})
        answer = self.ask("text/turtle", bearer(self.s))
        self.assertIn("private", answer.headers["Cache-Control"])
        self.assertEqual(datasets(answer)["V1050"], EU + "access-right/RESTRICTED")

    def test_nothing_derived_from_counts(self):
        """The same bytes whatever the cells hold; no number of anything."""
        body = self.ask("text/turtle").body
        self.assertNotIn(b"numberOf", body)
        self.assertNotIn(b"byteSize", body)
        other = [{**t, "value": lambda codes: ":"} for t in release.national()]
        with Statd() as s, Statd() as o:
            s.publish("2026K1", release.national())
            o.publish("2026K1", other)
            self.assertEqual(self.ask("text/turtle", s=s).body.replace(s.url.encode(), b""),
                             self.ask("text/turtle", s=o).body.replace(o.url.encode(), b""))

    def test_caching(self):
        turtle = self.ask("text/turtle")
        tag = turtle.headers["ETag"]
        self.assertNotEqual(tag, self.ask("application/ld+json").headers["ETag"])
        self.assertIn("Accept", turtle.headers["Vary"])
        self.assertEqual(self.ask("text/turtle", {"If-None-Match": tag}).status, 304)
        self.assertEqual(self.ask("application/ld+json", {"If-None-Match": tag}).status, 200)
        self.assertEqual(turtle.headers["Access-Control-Allow-Origin"], "*")


if __name__ == "__main__":
    unittest.main()
