#include "open/passphrase.h"

#include "seal/keyfile.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sodium.h>
#include <stdbool.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static enum rc alloc(struct passphrase **ret, struct err *reterr)
{
	struct passphrase *p;

	/* Rounded up: sodium_malloc() ends at a page's end and `len` must be aligned. */
	p = sodium_init() < 0 ? NULL
			      : sodium_malloc(sizeof(*p) + SEAL_PASSPHRASE_MAX + sizeof(size_t));
	if (!p)
		return err_set(reterr, RC_NOMEM, "no-memory", NULL,
			       "no locked memory for a passphrase");
	p->len = 0;
	*ret = p;
	return RC_OK;
}

static enum rc bad(struct err *reterr, const char *why)
{
	return err_set(reterr, RC_INVALID, "passphrase", NULL, "%s", why);
}

/* Reads to the end of the file, or of the line when `line`. One byte more than
 * allowed shows that there is too much. */
static enum rc fill(struct passphrase *p, int fd, bool line, struct err *reterr)
{
	for (;;) {
		ssize_t n = read(fd, p->text + p->len, SEAL_PASSPHRASE_MAX + 1 - p->len);

		if (n < 0 && errno == EINTR && line)
			return bad(reterr, "broken off");
		if (n < 0 && errno != EINTR)
			return err_set(reterr, RC_IO, "passphrase", NULL,
				       "the passphrase cannot be read");
		if (n == 0)
			break;
		if (n > 0)
			p->len += (size_t)n;
		if (p->len > SEAL_PASSPHRASE_MAX)
			return bad(reterr, "the passphrase is too long");
		if (line && memchr(p->text, '\n', p->len))
			break;
	}
	if (p->len && p->text[p->len - 1] == '\n')
		p->len--;
	if (p->len && p->text[p->len - 1] == '\r')
		p->len--;
	return p->len ? RC_OK : bad(reterr, "the passphrase is empty");
}

enum rc passphrase_from_file(const char *path, struct passphrase **ret, struct err *reterr)
{
	CLEANUP(passphrase_freep) struct passphrase *p = NULL;
	enum rc rc = alloc(&p, reterr);
	int fd;

	if (rc)
		return rc;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_set(reterr, errno == ENOENT ? RC_NOT_FOUND : RC_IO, "passphrase", path,
			       "the passphrase file cannot be read");
	rc = fill(p, fd, false, reterr);
	close(fd);
	if (rc)
		return rc;
	*ret = TAKE_PTR(p);
	return RC_OK;
}

enum rc passphrase_from_stdin(struct passphrase **ret, struct err *reterr)
{
	CLEANUP(passphrase_freep) struct passphrase *p = NULL;
	enum rc rc = alloc(&p, reterr);

	if (!rc)
		rc = fill(p, STDIN_FILENO, false, reterr);
	if (rc)
		return rc;
	*ret = TAKE_PTR(p);
	return RC_OK;
}

/* Only there so that an interrupt ends read() and the echo comes back. */
static void on_interrupt(int signal_number)
{
	(void)signal_number;
}

static enum rc ask(int tty, const char *prompt, struct passphrase *p, struct err *reterr)
{
	struct sigaction quiet = { .sa_handler = on_interrupt }, was;
	struct termios normal, silent;
	enum rc rc;

	if (tcgetattr(tty, &normal) != 0)
		return err_set(reterr, RC_IO, "terminal", NULL, "the terminal cannot be set");
	silent = normal;
	silent.c_lflag &= ~(tcflag_t)ECHO;
	silent.c_lflag |= ICANON | ECHONL;
	sigaction(SIGINT, &quiet, &was);
	if (tcsetattr(tty, TCSAFLUSH, &silent) != 0)
		rc = err_set(reterr, RC_IO, "terminal", NULL, "the echo cannot be turned off");
	else if (write(tty, prompt, strlen(prompt)) < 0)
		rc = err_set(reterr, RC_IO, "terminal", NULL, "the terminal cannot be written to");
	else
		rc = fill(p, tty, true, reterr);
	tcsetattr(tty, TCSAFLUSH, &normal);
	sigaction(SIGINT, &was, NULL);
	return rc;
}

enum rc passphrase_from_terminal(const char *prompt, struct passphrase **ret, struct err *reterr)
{
	CLEANUP(passphrase_freep) struct passphrase *p = NULL;
	enum rc rc = alloc(&p, reterr);
	int tty;

	if (rc)
		return rc;
	tty = open("/dev/tty", O_RDWR | O_CLOEXEC);
	if (tty < 0)
		return err_set(reterr, RC_IO, "terminal", NULL,
			       "there is no terminal to ask on; use --passphrase-file");
	rc = ask(tty, prompt, p, reterr);
	close(tty);
	if (rc)
		return rc;
	*ret = TAKE_PTR(p);
	return RC_OK;
}

enum rc passphrase_get(const char *path, const char *prompt, struct passphrase **ret,
		       struct err *reterr)
{
	return path ? passphrase_from_file(path, ret, reterr)
		    : passphrase_from_terminal(prompt, ret, reterr);
}

void passphrase_free(struct passphrase *p)
{
	sodium_free(p);
}
