/* Times requests of several kinds over one quiet connection, in random order:
 *
 *   oracle_interleave HOST PORT SAMPLES FILE...
 *
 * Each FILE is one kind: requests one after the other, each as its length in bytes,
 * a newline, and the bytes. Every sample sends one request of a kind drawn at random,
 * so that whatever else happens on the machine meets all kinds alike. Prints a line
 * a sample: the kind's index, the status, nanoseconds from the first byte sent to the
 * last one received. Exit status 1 with a word when the server does not play along. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define KINDS_MAX 8
#define REQUESTS_MAX 4096
#define ANSWER_MAX (1 << 20)

struct request {
	char *bytes;
	size_t len;
};

struct kind {
	struct request list[REQUESTS_MAX];
	size_t len;
};

static struct kind kinds[KINDS_MAX];
static char answer[ANSWER_MAX + 1];

static void die(const char *why)
{
	fprintf(stderr, "oracle_interleave: %s\n", why);
	exit(1);
}

static void load(struct kind *kind, const char *path)
{
	FILE *file = fopen(path, "rb");
	size_t len;

	if (!file)
		die("a file cannot be read");
	while (kind->len < REQUESTS_MAX && fscanf(file, "%zu%*1[\n]", &len) == 1) {
		struct request *r = &kind->list[kind->len++];

		r->len = len;
		r->bytes = malloc(len);
		if (!r->bytes || fread(r->bytes, 1, len, file) != len)
			die("a file ends early");
	}
	fclose(file);
	if (!kind->len)
		die("a file holds no request");
}

static int dial(const char *host, const char *port)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port)) };
	int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;

	if (inet_pton(AF_INET, host, &to.sin_addr) != 1 ||
	    connect(fd, (struct sockaddr *)&to, sizeof(to)))
		die("cannot connect");
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	return fd;
}

static int64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

/* Length of the whole answer once its head is there, else 0. */
static size_t whole_length(size_t have)
{
	const char *end, *length;

	answer[have] = '\0';
	end = strstr(answer, "\r\n\r\n");
	if (!end)
		return 0;
	length = strcasestr(answer, "\r\nContent-Length:");
	if (!length || length > end)
		die("an answer without Content-Length");
	return (size_t)(end + 4 - answer) + strtoul(length + 17, NULL, 10);
}

static int64_t ask(int fd, const struct request *request, int *ret_status)
{
	size_t have = 0, whole = 0, sent = 0;
	int64_t began = now_ns();

	while (sent < request->len) {
		ssize_t n = send(fd, request->bytes + sent, request->len - sent, MSG_NOSIGNAL);

		if (n <= 0)
			die("the connection broke");
		sent += (size_t)n;
	}
	while (!whole || have < whole) {
		ssize_t n = recv(fd, answer + have, ANSWER_MAX - have, 0);

		if (n <= 0)
			die("the connection ended");
		have += (size_t)n;
		if (!whole)
			whole = whole_length(have);
	}
	began = now_ns() - began;
	*ret_status = atoi(answer + strlen("HTTP/1.1 "));
	return began;
}

/* xorshift64*: the order only has to be unrelated to everything else. */
static size_t draw(size_t below)
{
	static uint64_t state = 0x9E3779B97F4A7C15;

	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return (size_t)((state * 0x2545F4914F6CDD1D >> 33) % below);
}

int main(int argc, char **argv)
{
	size_t count = argc > 4 ? (size_t)argc - 4 : 0;
	long samples = argc > 4 ? atol(argv[3]) : 0;
	int fd, status;

	if (!count || count > KINDS_MAX || samples < 1)
		die("usage: oracle_interleave HOST PORT SAMPLES FILE...");
	for (size_t i = 0; i < count; i++)
		load(&kinds[i], argv[4 + i]);
	fd = dial(argv[1], argv[2]);
	for (long n = -50; n < samples; n++) { /* the first fifty warm up */
		size_t k = draw(count);
		int64_t ns = ask(fd, &kinds[k].list[draw(kinds[k].len)], &status);

		if (n >= 0)
			printf("%zu %d %lld\n", k, status, (long long)ns);
	}
	close(fd);
	return 0;
}
