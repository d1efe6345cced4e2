#include "release/nodes.h"

enum rc release_nodes_init(struct release_nodes *n, const struct programme *programme,
			   const struct codes *codes, const struct counted *counted,
			   const struct release_earlier *earlier, size_t earlier_len,
			   struct err *reterr)
{
	enum rc rc;

	*n = (struct release_nodes){ .input = { programme, codes, counted, &n->axes, n->cubes } };
	rc = axes_new(counted, codes, programme, &n->axes);
	if (rc)
		return err_set(reterr, rc, rc == RC_NOMEM ? "no-memory" : "release-axes", NULL,
			       "the axes of the tables cannot be made (%s)", rc_name(rc));
	for (size_t i = 0; !rc && i < RELEASE_SYSTEMS; i++)
		rc = cubes_new(&n->axes, counted, (enum cubes_sector)(i % CUBES_SECTORS),
			       release_classes[i / CUBES_SECTORS], programme_threshold(programme),
			       &n->cubes[i], reterr);
	if (!rc)
		rc = tables_flag(&n->input, earlier, earlier_len, reterr);
	for (size_t i = 0; !rc && i < RELEASE_SYSTEMS; i++)
		if (suppress_system_prepare(cubes_system(n->cubes[i])))
			rc = err_set(reterr, RC_NOMEM, "no-memory", NULL, "out of memory");
	return rc;
}

void release_nodes_release(struct release_nodes *n)
{
	for (size_t i = 0; i < RELEASE_SYSTEMS; i++)
		cubes_free(n->cubes[i]);
	axes_release(&n->axes);
	*n = (struct release_nodes){ 0 };
}
