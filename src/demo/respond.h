/* SPDX-License-Identifier: Apache-2.0 */
/** @file respond.h  An answer onto the wire: headers, gzip, and the ways in which a body can go
 * wrong. */
#ifndef CMEK_DEMO_RESPOND_H
#define CMEK_DEMO_RESPOND_H

#include <microhttpd.h>

#include "demo/trouble.h"

struct cmek_demo_call;
struct cmek_demo_delay;

/** Queues the answer of @p call, taking its bytes. */
enum MHD_Result cmek_demo_respond(struct MHD_Connection *connection, struct cmek_demo_call *call,
                                  enum cmek_demo_trouble_kind trouble,
                                  struct cmek_demo_delay *delay);
/** Makes the connection end with a reset: what to return from its handler. */
enum MHD_Result cmek_demo_reset(struct MHD_Connection *connection);

#endif
