/* SPDX-License-Identifier: Apache-2.0 */
/** @file demo_endpoints.h  Where the demo cloud serves each API: the one list that demo and
 * demo-cloud share. */
#ifndef CMEK_CLI_DEMO_ENDPOINTS_H
#define CMEK_CLI_DEMO_ENDPOINTS_H

struct cmek_demo_endpoint {
    const char *variable; /* overrides the endpoint; NULL ends the list */
    const char *path;     /* after http://127.0.0.1:PORT */
};
extern const struct cmek_demo_endpoint cmek_demo_endpoints[];

#endif
