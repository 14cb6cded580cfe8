/* Installing a certificate: ACTIVATE FILE swaps key, leaf and authority certificate in one commit.
 * docs/PROTOCOL.card-administration, section 3.2. */
#pragma once

#include "chip/staging.h"

activate_function install_activate;
