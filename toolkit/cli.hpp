// SPDX-License-Identifier: MIT
// For headers that name the parser of command lines; reading all of it takes seconds.
#pragma once

namespace CLI {
class App;
}
