// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/hide_secrets.h"

#include "gateway/observability/redaction.h"

namespace lunargate {

void hideSecrets(Error &error)
{
    for (QByteArray *text : {&error.message, &error.detail, &error.param, &error.upstreamType, &error.upstreamCode}) {
        if (!text->isEmpty())
            *text = redacted(*text);
    }
}

void hideSecrets(UpstreamFailure &failure)
{
    hideSecrets(failure.error);
    if (!failure.body.isEmpty())
        failure.body = redacted(failure.body);
}

} // namespace lunargate
