#include "unit.h"

#include "config/config.h"

#include <string.h>
#include <sys/stat.h>

static char folder[] = "/tmp/varde-config-XXXXXX";

static const char minimal[] =
	"[varde]\nenvironment = test\nservice = varde-test\nexternal_url = http://x\n"
	"data = data\ncredentials = secrets\n"
	"[issuer demo]\nprofile = maskinporten\nissuer = http://i/\nalgorithms = RS256\njwks = "
	"k.json\n";

static const char *write_file(const char *name, const char *text, const char *more, mode_t mode)
{
	static char path[256];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "w");
	ck_assert_ptr_nonnull(f);
	fprintf(f, "%s%s", text, more);
	fclose(f);
	chmod(path, mode);
	return path;
}

static void setup(void)
{
	ck_assert_ptr_nonnull(mkdtemp(folder));
}

static void teardown(void)
{
	static const char *const made[] = { "a.conf", "b.conf", "good", "open" };
	char path[256];

	for (size_t i = 0; i < sizeof(made) / sizeof(made[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, made[i]);
		unlink(path);
	}
	rmdir(folder);
}

START_TEST(reads_a_whole_file)
{
	struct config *c = NULL;
	struct err err;
	char expect[300];

	ck_assert_msg(config_load(write_file("a.conf", minimal, "[writer]\nthreads = 7\n", 0644),
				  &c, &err) == RC_OK,
		      "%s %s", err.where, err.text);
	ck_assert_int_eq(c->environment, ENVIRONMENT_TEST);
	snprintf(expect, sizeof(expect), "%s/data", folder);
	ck_assert_str_eq(c->data, expect);
	ck_assert_int_eq(c->writer_threads, 7);
	ck_assert(!c->dpop_nonce);
	ck_assert_int_eq(c->dpop_max_age_s, 30);
	ck_assert_uint_eq(c->issuers_len, 1);
	ck_assert_str_eq(c->issuers[0].name, "demo");
	ck_assert_str_eq(c->accept[0], "incident-report/1.0");
	config_free(c);
}
END_TEST

START_TEST(schemas_on_their_way_out)
{
	struct config *c = NULL;
	struct err err;

	ck_assert_msg(
		config_load(write_file("a.conf", minimal,
				       "[schema a/1.0]\ndeprecated = 1970-01-03\n"
				       "[schema b/2.1]\nsuccessor = b/3.0\n"
				       "deprecated = 1970-01-02\n"
				       "[schema a/1.0]\nsunset = 1970-01-11\nsuccessor = a/1.1\n",
				       0644),
			    &c, &err) == RC_OK,
		"%s %s", err.where, err.text);
	ck_assert_uint_eq(c->ending_len, 2);
	ck_assert_str_eq(c->ending[0].name, "a/1.0");
	ck_assert_int_eq(c->ending[0].deprecated_day, 2);
	ck_assert_int_eq(c->ending[0].sunset_day, 10);
	ck_assert_str_eq(c->ending[0].successor, "a/1.1");
	ck_assert_str_eq(c->ending[1].name, "b/2.1");
	ck_assert_int_eq(c->ending[1].sunset_day, 0);
	config_free(c);
}
END_TEST

START_TEST(refuses_with_place_and_code)
{
	static const struct {
		const char *more, *code, *where;
	} bad[] = {
		{ "[varde]\ncolour = red\n", "config-unknown-key", "b.conf:13" },
		{ "[writer]\nthreads = 0\n", "config-value", "b.conf:13" },
		{ "[writer]\nthreads = 2x\n", "config-value", "b.conf:13" },
		{ "[dpop]\nnonce = yes\n", "config-value", "b.conf:13" },
		{ "[dpop]\nmax_age_seconds = 0\n", "config-value", "b.conf:13" },
		{ "[nonsense]\na = b\n", "config-unknown-key", "b.conf:13" },
		{ "[issuer other]\nprofile = none\n", "config-missing-key", "b.conf" },
		{ "[varde]\nclock = 2024-01-31 12:00\n", "config-value", "b.conf:13" },
		{ "[varde]\nenvironment = production\nclock = 2024-01-31T12:00:00Z\n",
		  "config-value", "b.conf" },
		{ "[schema a/1.0]\nsunset = 2027-01-01\n", "config-missing-key", "b.conf" },
		{ "[schema a/1.0]\ndeprecated = 2027-01-01\nsunset = 2027-02-01\n",
		  "config-missing-key", "b.conf" },
		{ "[schema a/1.0]\ndeprecated = 2027-01-01\nsunset = 2027-01-01\n"
		  "successor = a/1.1\n",
		  "config-value", "b.conf" },
		{ "[schema a/1.0]\ndeprecated = 2027-01-01\nsuccessor = a/1.0\n", "config-value",
		  "b.conf" },
		{ "[schema a/1.0]\ndeprecated = soon\n", "config-value", "b.conf:13" },
		{ "[schema a/1.0]\nretired = 2027-01-01\n", "config-unknown-key", "b.conf:13" },
		{ "what is this\n", "config-syntax", "b.conf" },
	};
	struct config *c = NULL;
	struct err err;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		const char *path = write_file("b.conf", minimal, bad[i].more, 0644);

		ck_assert_int_eq(config_load(path, &c, &err), RC_INVALID);
		ck_assert_str_eq(err.code, bad[i].code);
		ck_assert_msg(strstr(err.where, bad[i].where) != NULL, "%s", err.where);
	}
	ck_assert_int_eq(config_load("/nowhere/at/all.conf", &c, &err), RC_NOT_FOUND);
}
END_TEST

START_TEST(secrets_must_be_private)
{
	struct buf secret = buf_capped(100);
	struct config c = { 0 };
	struct err err;

	c.credentials = folder;
	write_file("good", "s3cret", "", 0600);
	write_file("open", "s3cret", "", 0644);
	ck_assert_int_eq(config_secret(&c, "good", &secret, &err), RC_OK);
	ck_assert_str_eq(buf_text(&secret), "s3cret");
	ck_assert_int_eq(config_secret(&c, "open", &secret, &err), RC_INVALID);
	ck_assert_str_eq(err.code, "secret-permissions");
	ck_assert_ptr_nonnull(strstr(err.where, "open"));
	ck_assert_int_eq(config_secret(&c, "none", &secret, &err), RC_NOT_FOUND);
	ck_assert_str_eq(err.code, "secret-missing");
	buf_release(&secret);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("config");
	TCase *t = tcase_create("config");

	tcase_add_unchecked_fixture(t, setup, teardown);
	tcase_add_test(t, reads_a_whole_file);
	tcase_add_test(t, schemas_on_their_way_out);
	tcase_add_test(t, refuses_with_place_and_code);
	tcase_add_test(t, secrets_must_be_private);
	suite_add_tcase(s, t);
	return run_suite(s);
}
