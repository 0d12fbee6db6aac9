// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/config_text.h"

namespace lunargate::test {

QByteArray indented(const QByteArray &text, int spaces)
{
    QByteArray out;
    if (text.isEmpty())
        return out;
    for (const QByteArray &line : text.split('\n'))
        out += QByteArray(spaces, ' ') + line + '\n';
    return out;
}

QByteArray simpleConfig(const FakeUpstream &upstream, const ConfigChanges &changes)
{
    QByteArray yaml;
    if (!changes.server.isEmpty())
        yaml += "server:\n" + indented(changes.server, 2);
    yaml += "providers:\n  fake:\n    type: openai\n    default_model: fake-model\n    api_key: ";
    yaml += QByteArray(kProviderKey) + "\n    base_url: " + upstream.url() + '\n';
    yaml += indented(changes.provider, 4);
    yaml += "routing:\n  routes:\n    - name: default\n      targets:\n        - provider: fake\n";
    if (!changes.retry.isEmpty())
        yaml += "retry:\n" + indented(changes.retry, 2);
    if (const QByteArray transport = qgetenv("LUNARGATE_TEST_TRANSPORT"); !transport.isEmpty())
        yaml += "upstream:\n  transport: " + transport + '\n';
    return yaml + changes.sections;
}

} // namespace lunargate::test
