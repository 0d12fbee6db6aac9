// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/chat_answer.h"
#include "gateway/security/secret_string.h"
#include "gateway/upstream/transport.h"

// Failures that every protocol has, told in the same way.
namespace lunargate {

/// Images and encrypted reasoning come as single events of several megabytes; more than this is a failure, unless the
/// protocol has a limit of its own.
inline constexpr qsizetype kMaxEventBytes = 4 * 1024 * 1024;

/// `text` without the provider's key, wherever a service repeats it.
QByteArray withoutKey(const SecretString &key, QByteArray text);

/// What a provider says about its failure, in its own words.
struct ProviderComplaint
{
    QByteArray message; ///< empty: the body as it is, or the status
    QByteArray type = {};
    QByteArray code = {};
    QByteArray param = {};
    Refusal refusal = Refusal::None; ///< known by other means than `type` and `code`, which are looked at anyway
};

/// An answer with an error status. `body` stands in for a missing message. Retry hints of the headers are read.
UpstreamFailure errorAnswer(const UpstreamHead &head, QByteArrayView body, const ProviderComplaint &complaint,
                            const SecretString &key);

/// A complaint that came with a success status or inside a stream; `status` is the one it stands for, 0 if it says
/// none.
Error errorInside(const ProviderComplaint &complaint, int status, const SecretString &key);

/// A whole answer that is not what the protocol says; `problem` completes "failed to parse provider response: ".
std::unexpected<UpstreamFailure> invalidAnswer(const QByteArray &problem);

/// A stream that ended without its end mark.
Error incompleteStream();
/// An answer whose finish reason says that it broke off.
Error cutAnswer();
/// A stream event that is not what the protocol says.
Error malformedEvent();
/// A stream event that is over `limit`, which is whole MiB.
Error tooLargeEvent(qsizetype limit = kMaxEventBytes);

} // namespace lunargate
