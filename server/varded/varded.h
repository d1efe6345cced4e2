/* varded: the intake. What its endpoints share; one file per endpoint beside it. */
#ifndef VARDE_VARDED_H
#define VARDE_VARDED_H

#include "http/http.h"
#include "http/metrics.h"
#include "intake/caller.h"
#include "intake/intake.h"
#include "issuers/issuers.h"
#include "limits/places.h"
#include "limits/rates.h"

#define SCOPE_SUBMIT "varde:submissions.write"
#define SCOPE_READ "varde:reports.read"

struct door_counters;
struct issuer_watch;
struct operator_socket;
struct receipt_keys;
struct store_view;
struct trace_ring;

struct varded {
	struct config *config;
	struct installation *installation;
	struct issuers *issuers;
	struct issuer_watch *issuer_watch;
	struct intake *intake;
	struct receipt_keys *receipt_keys;
	struct log *log;
	struct metrics *metrics;
	struct trace_ring *trace;
	struct rates *rates;      /* per organisation that calls */
	struct places *tenants;   /* of known organisations, by number */
	struct places *strangers; /* of everybody else, by address */
	struct door_counters *door;
	struct http_server *intake_server, *admin_server;
	struct operator_socket *operator_socket;
	int64_t started_at;
	bool memory_locked;
	bool draining; /* atomic: the readiness probe says no */
};

/* The tables of the two listeners; openapi.yaml describes the first. */
extern const struct http_route varded_routes[];
extern const size_t varded_routes_len;
extern const struct http_route varded_admin_routes[];
extern const size_t varded_admin_routes_len;

/* The codes that only the intake answers with; for problem_use(). */
extern const struct problem_kind varded_problems[];
extern const size_t varded_problems_len;

/* One per endpoint (GET /v1/reports is on_reports, and so on); `ctx` is the varded. */
http_handler on_submission, on_validate, on_batch;
http_handler on_reports, on_report, on_receipt, on_own, on_quality, on_refusals;
http_handler on_tenant, on_schemas, on_schema, on_codes, on_code_list, on_openapi, on_jwks;
/* After each reply: metrics, and the memory of the last requests. */
void after_reply(const struct http_done *done, void *varded);

http_handler on_live, on_ready, on_metrics;

#endif
