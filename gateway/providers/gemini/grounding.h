// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/json/document.h"

#include <QByteArray>
#include <QByteArrayView>

#include <vector>

namespace lunargate::gemini {

/// Turns `groundingMetadata` (Gemini API, "Grounding with Google Search") into `url_citation` annotations. Google
/// counts bytes, OpenAI's clients count characters, so it keeps the answer's text; answers without grounding need none.
class Grounding
{
public:
    void append(QByteArrayView text) { m_text += text; }
    /// Replaces what was read before.
    void read(json::Value groundingMetadata);

    /// JSON objects, by place in the text.
    std::vector<QByteArray> annotations() const;

private:
    struct Page
    {
        QByteArray url;
        QByteArray title;
    };
    struct Citation
    {
        qsizetype begin = 0; ///< in bytes
        qsizetype end = 0;
        Page page;
    };

    void cite(json::Value support, const std::vector<Page> &pages);
    void add(Citation citation);

    QByteArray m_text;
    std::vector<Citation> m_citations;
};

} // namespace lunargate::gemini
