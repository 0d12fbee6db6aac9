// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// QCustomPlot is written with keywords of Qt that are off here.
#define signals Q_SIGNALS
#define slots Q_SLOTS
#define foreach(variable, container) for (variable : container) // NOLINT(bugprone-macro-parentheses)
#include <qcustomplot.h>
#undef foreach
#undef signals
#undef slots
