// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/explain/explanation_view.h"

#include "ui/detail/text_sheet.h"
#include "ui/text/pretty_json.h"
#include "ui/theme/icons.h"

#include <QEvent>
#include <QFrame>
#include <QGridLayout>
#include <QLabel>
#include <QVBoxLayout>

namespace lunargate::ui {

namespace {

constexpr int kSignSize = 14;
constexpr int kBodyHeight = 190;

/// What a mark looks like, and what it is called where it cannot be seen.
struct Sign
{
    Glyph glyph;
    Tone tone;
    QString name;
};

std::optional<Sign> signOf(OutlineMark mark)
{
    switch (mark) {
    case OutlineMark::None:
        return std::nullopt;
    case OutlineMark::Chosen:
        return Sign{Glyph::Check, Tone::Ok, ExplanationView::tr("chosen")};
    case OutlineMark::Possible:
        return Sign{Glyph::Ring, Tone::Accent, ExplanationView::tr("possible")};
    case OutlineMark::PassedOver:
        return Sign{Glyph::Slash, Tone::Muted, ExplanationView::tr("passed over")};
    case OutlineMark::Refused:
        return Sign{Glyph::Cross, Tone::Error, ExplanationView::tr("refused")};
    }
    Q_UNREACHABLE_RETURN({});
}

/// The picture of a mark, which follows the colours.
class SignLabel : public QLabel
{
public:
    explicit SignLabel(const Sign &sign) : m_sign(sign)
    {
        setFixedWidth(kSignSize + 2);
        setAccessibleName(sign.name);
        setToolTip(sign.name);
        paintSign();
    }

    void paintSign() { setPixmap(icon(m_sign.glyph, m_sign.tone).pixmap(kSignSize, kSignSize)); }

private:
    Sign m_sign;
};

QLabel *textLabel(const QByteArray &text, const char *name = "")
{
    auto *label = new QLabel(QString::fromUtf8(text));
    label->setObjectName(QLatin1StringView(name));
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    label->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    return label;
}

void addRow(QGridLayout &grid, int line, const OutlineRow &row)
{
    const bool isMuted = row.mark == OutlineMark::PassedOver;
    if (const std::optional<Sign> sign = signOf(row.mark))
        grid.addWidget(new SignLabel(*sign), line, 0, Qt::AlignTop);
    QLabel *name = textLabel(row.name, row.mark == OutlineMark::Chosen ? "heading" : isMuted ? "muted" : "");
    grid.addWidget(name, line, 1, 1, row.detail.isEmpty() ? 2 : 1);
    if (!row.detail.isEmpty())
        grid.addWidget(textLabel(row.detail.trimmed(), isMuted ? "muted" : ""), line, 2);
}

QFrame *newCard(const OutlineSection &section)
{
    auto *card = new QFrame;
    card->setObjectName("card");
    auto *grid = new QGridLayout(card);
    grid->setContentsMargins(14, 10, 14, 10);
    grid->setHorizontalSpacing(10);
    grid->setVerticalSpacing(5);
    if (!section.rows.empty())
        grid->setColumnMinimumWidth(0, kSignSize + 2);
    grid->setColumnStretch(1, 2);
    grid->setColumnStretch(2, 3);
    const std::optional<Sign> sign = signOf(section.mark);
    if (sign)
        grid->addWidget(new SignLabel(*sign), 0, 0, Qt::AlignTop);
    grid->addWidget(textLabel(section.heading, sign ? "problem" : "heading"), 0, sign ? 1 : 0, 1, sign ? 2 : 3);
    int line = 1;
    for (const OutlineRow &row : section.rows)
        addRow(*grid, line++, row);
    return card;
}

} // namespace

ExplanationView::ExplanationView(QWidget *parent) : QScrollArea(parent)
{
    setWidgetResizable(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("What would become of the request"));
    clear();
}

void ExplanationView::clear()
{
    setOutline({}, {});
}

void ExplanationView::setOutline(const std::vector<OutlineSection> &sections, const QByteArray &body)
{
    auto *content = new QWidget;
    content->setObjectName("page");
    auto *column = new QVBoxLayout(content);
    column->setContentsMargins(0, 0, 8, 0);
    column->setSpacing(8);
    for (const OutlineSection &section : sections)
        column->addWidget(newCard(section));
    if (!body.isEmpty()) {
        auto *sheet = new TextSheet;
        sheet->setAccessibleName(tr("The body that would be sent"));
        sheet->setFixedHeight(kBodyHeight);
        sheet->setBlocks({{.kind = TextBlock::Kind::Code, .text = prettyJson(body)}});
        column->addWidget(sheet);
    }
    column->addStretch(1);
    setWidget(content);
}

void ExplanationView::changeEvent(QEvent *event)
{
    QScrollArea::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        paintSigns();
}

void ExplanationView::paintSigns()
{
    for (QLabel *label : findChildren<QLabel *>()) {
        if (auto *sign = dynamic_cast<SignLabel *>(label))
            sign->paintSign();
    }
}

} // namespace lunargate::ui
