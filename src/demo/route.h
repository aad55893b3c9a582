/* SPDX-License-Identifier: Apache-2.0 */
/** @file route.h  From the path of a request to the API and the method it means. */
#ifndef CMEK_DEMO_ROUTE_H
#define CMEK_DEMO_ROUTE_H

struct cmek_demo_call;

/** Fills in api, method, captures and scope. The path begins with the API's short name
 * (/pubsub/v1/…, /storage/v1/b/…), or with the version where the API follows from the rest. Without
 * a method of that path both stay NULL, or method alone where the prefix names an API. */
void cmek_demo_route(struct cmek_demo_call *call);

#endif
