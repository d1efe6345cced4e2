/* The pages behind `type`: what a problem means and what to do about it, as
 * HTML for people (bokmål or English, by Accept-Language) and as JSON. */
#ifndef VARDE_HTTP_PROBLEM_PAGE_H
#define VARDE_HTTP_PROBLEM_PAGE_H

#include "http/http.h"

/* Ready rows for a program's route table; the handlers ignore their context. */
void problem_index_handler(struct exchange *x, void *ctx);
void problem_page_handler(struct exchange *x, void *ctx);

#define PROBLEM_PAGE_ROUTES                                                                        \
	{ .method = "GET",                                                                         \
	  .pattern = "/problems",                                                                  \
	  .handler = problem_index_handler,                                                        \
	  .operation = "listProblems" },                                                           \
	{                                                                                          \
		.method = "GET", .pattern = "/problems/{code}", .handler = problem_page_handler,   \
		.operation = "getProblem"                                                          \
	}

#endif
