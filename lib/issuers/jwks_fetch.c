#include "issuers/jwks_fetch.h"

#include "base/cleanup.h"
#include "jose/jwks.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <openssl/pem.h>
#include <pthread.h>
#include <string.h>
#include <strings.h>

DEFINE_CLEANUP(CURL *, curl_easy_cleanup)
DEFINE_CLEANUP(CURLU *, curl_url_cleanup)
DEFINE_CLEANUP(struct curl_slist *, curl_slist_free_all)

static enum rc refuse_url(const char *url, const char *why, struct err *reterr)
{
	return err_set(reterr, RC_INVALID, "jwks-url", url, "%s", why);
}

/* 127.0.0.0/8, ::1, and the name that curl resolves to these by itself. */
static bool is_loopback(const char *host)
{
	struct in_addr four;

	if (!strcasecmp(host, "localhost") || !strcmp(host, "[::1]"))
		return true;
	return inet_pton(AF_INET, host, &four) == 1 && (ntohl(four.s_addr) >> 24) == 127;
}

static void free_part(char **part)
{
	curl_free(*part);
}

/* Which protocol an address may be fetched by: "https", "http", or NULL with why. */
static const char *protocol_of(const struct jwks_source *source, struct err *reterr)
{
	CLEANUP(curl_url_cleanupp) CURLU *url = curl_url();
	CLEANUP(free_part) char *scheme = NULL;
	CLEANUP(free_part) char *host = NULL;
	CLEANUP(free_part) char *other = NULL;

	if (!url || curl_url_set(url, CURLUPART_URL, source->url, 0) ||
	    curl_url_get(url, CURLUPART_SCHEME, &scheme, 0)) {
		refuse_url(source->url, "this is not an absolute address", reterr);
		return NULL;
	}
	if (!curl_url_get(url, CURLUPART_USER, &other, 0) ||
	    !curl_url_get(url, CURLUPART_PASSWORD, &other, 0)) {
		refuse_url("jwks_url", "an address has no user and password here", reterr);
		return NULL;
	}
	if (!strcmp(scheme, "https"))
		return "https";
	if (!strcmp(scheme, "http") && source->local_http &&
	    !curl_url_get(url, CURLUPART_HOST, &host, 0) && is_loopback(host))
		return "http";
	refuse_url(source->url,
		   "keys come over https; http only from a loopback address in environment test",
		   reterr);
	return NULL;
}

static enum rc check_ca(const char *path, struct err *reterr)
{
	FILE *file = fopen(path, "re");
	X509 *first = NULL;

	if (!file)
		return err_set(reterr, RC_INVALID, "jwks-ca", path, "the file cannot be read");
	first = PEM_read_X509(file, NULL, NULL, NULL);
	fclose(file);
	if (!first)
		return err_set(reterr, RC_INVALID, "jwks-ca", path,
			       "the file begins with no certificate (PEM)");
	X509_free(first);
	return RC_OK;
}

enum rc jwks_fetch_check(const struct jwks_source *source, struct err *reterr)
{
	if (!protocol_of(source, reterr))
		return RC_INVALID;
	return source->ca ? check_ca(source->ca, reterr) : RC_OK;
}

/* curl's own start is not to be raced for. */
static void start_curl(void)
{
	curl_global_init(CURL_GLOBAL_DEFAULT);
}

/* --- one transfer ------------------------------------------------------------------ */

static size_t on_bytes(char *bytes, size_t one, size_t len, void *out)
{
	(void)one;
	return buf_add(out, bytes, len) ? 0 : len;
}

static int on_progress(void *stop, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
	(void)a;
	(void)b;
	(void)c;
	(void)d;
	return stop && __atomic_load_n((const bool *)stop, __ATOMIC_ACQUIRE);
}

/* True when curl took them all. The short names are curl's own. */
static bool set_options(CURL *c, const struct jwks_source *source, const char *protocol,
			struct curl_slist *headers, struct buf *out)
{
	CURLcode failed = CURLE_OK;

#define OPTION(name, value) failed |= curl_easy_setopt(c, CURLOPT_##name, value)
	OPTION(URL, source->url);
	OPTION(PROTOCOLS_STR, protocol);
	OPTION(FOLLOWLOCATION, 0L);
	OPTION(PROXY, "");
	OPTION(NETRC, (long)CURL_NETRC_IGNORED);
	OPTION(HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	OPTION(SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	OPTION(SSL_VERIFYPEER, 1L);
	OPTION(SSL_VERIFYHOST, 2L);
	if (source->ca) {
		OPTION(CAINFO, source->ca);
		OPTION(CAPATH, NULL);
	}
	OPTION(CONNECTTIMEOUT, (long)JWKS_CONNECT_SECONDS);
	OPTION(TIMEOUT, (long)JWKS_FETCH_SECONDS);
	OPTION(MAXFILESIZE, (long)JOSE_JWKS_MAX_LEN);
	OPTION(FRESH_CONNECT, 1L);
	OPTION(FORBID_REUSE, 1L);
	OPTION(NOSIGNAL, 1L);
	OPTION(QUICK_EXIT, 1L); /* a hanging resolver does not hold up a stop */
	OPTION(USERAGENT, "varde/" VARDE_VERSION);
	OPTION(HTTPHEADER, headers);
	OPTION(WRITEFUNCTION, on_bytes);
	OPTION(WRITEDATA, out);
	OPTION(NOPROGRESS, 0L);
	OPTION(XFERINFOFUNCTION, on_progress);
	OPTION(XFERINFODATA, source->stop);
#undef OPTION
	return failed == CURLE_OK;
}

static enum rc failure(CURLcode code, const struct jwks_source *source, const struct buf *out,
		       struct err *reterr)
{
	const char *name = "jwks-unreachable";
	enum rc rc = RC_IO;

	switch ((int)code) {
	case CURLE_OUT_OF_MEMORY: return err_set(reterr, RC_NOMEM, "no-memory", NULL, "no memory");
	case CURLE_OPERATION_TIMEDOUT: name = "jwks-timeout"; break;
	case CURLE_ABORTED_BY_CALLBACK: name = "jwks-stopped"; break;
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_ISSUER_ERROR:
	case CURLE_SSL_CERTPROBLEM: name = "jwks-certificate"; break;
	case CURLE_SSL_CACERT_BADFILE: name = "jwks-ca"; break;
	case CURLE_WRITE_ERROR:
		if (buf_rc(out) == RC_NOMEM)
			return err_set(reterr, RC_NOMEM, "no-memory", NULL, "no memory");
		__attribute__((fallthrough));
	case CURLE_FILESIZE_EXCEEDED:
		return err_set(reterr, RC_LIMIT, "jwks-too-large", source->url,
			       "a JWK Set has at most %zu bytes", JOSE_JWKS_MAX_LEN);
	default: break;
	}
	return err_set(reterr, rc, name, source->url, "%s", curl_easy_strerror(code));
}

enum rc jwks_fetch(const struct jwks_source *source, struct buf *out, struct err *reterr)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	CLEANUP(curl_slist_free_allp)
	struct curl_slist *headers = NULL;
	CLEANUP(curl_easy_cleanupp) CURL *c = NULL;
	const char *protocol = protocol_of(source, reterr);
	CURLcode code;
	long status = 0;

	if (!protocol)
		return RC_INVALID;
	pthread_once(&once, start_curl);
	c = curl_easy_init();
	headers = curl_slist_append(NULL, "Accept: application/jwk-set+json, application/json");
	if (!c || !headers || !set_options(c, source, protocol, headers, out))
		return err_set(reterr, RC_NOMEM, "no-memory", NULL, "no memory for a transfer");
	code = curl_easy_perform(c);
	curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
	if (status && status != 200 && code != CURLE_ABORTED_BY_CALLBACK)
		return err_set(reterr, RC_IO, "jwks-status", source->url, "the server answers %ld",
			       status);
	return code ? failure(code, source, out, reterr) : RC_OK;
}
