/* libjwt as a reader, for tests only: a second opinion on what the service signs.
 *
 *   libjwt_tool ALG PEMFILE < jwt    prints the claims; exit 0, or 1 where it is refused
 *
 * ALG is checked against the header, which libjwt itself does not pin to anything. */
#include <jwt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INPUT_MAX 65536

/* The whole stream as a text, without a newline at its end. */
static size_t read_all(FILE *in, char text[INPUT_MAX])
{
	size_t len = fread(text, 1, INPUT_MAX - 1, in);

	while (len && text[len - 1] == '\n')
		len--;
	text[len] = '\0';
	return len;
}

int main(int argc, char **argv)
{
	static char token[INPUT_MAX], pem[INPUT_MAX];
	jwt_t *jwt = NULL;
	FILE *file;
	char *claims;
	size_t len;

	file = argc == 3 ? fopen(argv[2], "r") : NULL;
	if (!file) {
		fputs("usage: libjwt_tool ALG PEMFILE < jwt\n", stderr);
		return 2;
	}
	len = read_all(file, pem);
	fclose(file);
	read_all(stdin, token);
	if (jwt_decode(&jwt, token, (const unsigned char *)pem, (int)len) ||
	    jwt_get_alg(jwt) != jwt_str_alg(argv[1]))
		return 1;
	claims = jwt_get_grants_json(jwt, NULL);
	if (claims)
		puts(claims);
	free(claims);
	jwt_free(jwt);
	return claims ? 0 : 1;
}
