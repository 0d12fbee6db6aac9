// SPDX-License-Identifier: GPL-3.0-or-later
// What nearly every test without a window includes anyway, compiled once. Tests still include what they use.
#pragma once

#include "gateway/precompiled.h"

#include <QtCore/QFile>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QTemporaryDir>
#include <QtTest/QTest>

#include <algorithm>
#include <atomic>
#include <thread>
