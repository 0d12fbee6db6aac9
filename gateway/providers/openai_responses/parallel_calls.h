// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <vector>

namespace lunargate::openai_responses {

/// A call that a model has put into another one.
struct WrappedCall
{
    QByteArray name;
    QByteArray arguments; ///< JSON text of an object
};

/// Whether a call of `name` is how models say "all of these at once", a tool of theirs that nobody has offered them.
bool isParallelWrapper(QByteArrayView name);

/// The calls in the arguments of such a call; none if they are not what is expected.
std::vector<WrappedCall> wrappedCalls(QByteArrayView arguments);

} // namespace lunargate::openai_responses
