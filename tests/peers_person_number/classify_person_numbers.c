/* Reads one number a line, answers one line each:
 * KIND synthetic|real date|- legacy|- 2032|-   (or "none"). */
#include "identifiers/person_number.h"

int main(void)
{
	char line[64];

	while (fgets(line, sizeof(line), stdin)) {
		struct person_number p;

		if (!person_number_classify(line, strcspn(line, "\n"), &p)) {
			puts("none");
			continue;
		}
		printf("%s %s %s %s %s\n", person_number_kind_name(p.kind),
		       p.synthetic ? "synthetic" : "real", p.date_plausible ? "date" : "-",
		       p.holds_legacy ? "legacy" : "-", p.holds_2032 ? "2032" : "-");
	}
	return ferror(stdin) ? 1 : 0;
}
