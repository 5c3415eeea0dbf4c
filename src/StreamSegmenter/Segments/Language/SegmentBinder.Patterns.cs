using System.Globalization;
using StreamSegmenter.Aggregates;
using StreamSegmenter.Definitions;
using StreamSegmenter.Events;
using StreamSegmenter.Segments.Conditions;
using StreamSegmenter.Time;
using StreamSegmenter.Windows;

namespace StreamSegmenter.Segments.Language;

// The calendar, rhythms, sequences, the profile.
internal sealed partial class SegmentBinder
{
    private const int DaysMax = 366;
    private const int WeeksMax = 104;

    private static readonly string[] SharedFields = ["cart_id", "product_id", "order_id", "session_id"];

    private static bool IsClock(NameNode name) => !name.IsProperty && EventField.Named(name.Name).IsOfCalendar;

    private string? Clock(NameNode name, Comparison comparison, SyntaxNode constant)
    {
        var isHour = EventField.Named(name.Name).Kind == FieldKind.Hour;
        if (_constants.Clock(constant, isHour) is not { } shown)
        {
            return null;
        }

        var field = isHour ? "hour" : "weekday";
        var condition = new ClockCondition(scope.Calendars.Calendar, isHour, comparison, shown);
        Mention(field, null, (record, nowMs) => LiteralBinder.ClockText(condition.Shown(record, nowMs), isHour).Trim('\''));
        MentionZone();
        return Test(condition, $"{field} {comparison.Sign()} {LiteralBinder.ClockText(shown, isHour)}");
    }

    private string Dates(DateRangeNode node)
    {
        var (from, to) = (LocalClock.DayOf(node.From), LocalClock.DayOf(node.To));
        var calendar = scope.Calendars.Calendar;
        Mention("today", null, (record, nowMs) => LocalClock.DateOf(calendar.Of(record).DayOf(nowMs)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        MentionZone();
        return Test(new DatesCondition(calendar, from, to), WindowBinder.DatesText(from, to));
    }

    private string? Anniversary(AnniversaryNode node)
    {
        if (node.Within.Ms % LocalClock.DayMs != 0 || node.Within.Ms / LocalClock.DayMs >= DaysMax)
        {
            return scope.Errors.Report(node.Within.At, $"an anniversary is near by whole days, less than a year: within 7d");
        }

        var eventName = node.Event.Value == Vocabulary.Profile ? node.Event with { Value = "identify" } : node.Event;
        var last = new AggregateNode(node.At, "last", eventName, node.Field, null, null, null);
        if (_aggregates.Bind(last, new TextNode(node.At, "")) is not { } date)
        {
            return null;
        }

        Mention(date.Text, date.Read);
        MentionZone();
        return Test(
            new AnniversaryCondition(date.Read.Aggregate, scope.Calendars.Calendar, (int)(node.Within.Ms / LocalClock.DayMs)),
            $"anniversary{date.Text["last".Length..]} within {DurationText.Format(node.Within.Ms)}");
    }

    private string? Rhythm(RhythmNode node)
    {
        var most = node.IsWeeks ? WeeksMax : DaysMax;
        if (node.Of > most || node.Count > node.Of)
        {
            return scope.Errors.Report(node.At, node.Of > most
                ? $"{node.Function} looks back at most {DaysMax} days or {WeeksMax} weeks"
                : $"{node.Count} of {node.Of} is never reached");
        }

        var isStreak = node.Function == "streak";
        var period = new CalendarPeriod(node.IsWeeks ? PeriodKind.LastWeeks : PeriodKind.LastDays, isStreak ? node.Of + 1 : node.Of);
        if (!scope.Names.TryResolve(node.Event, scope.Errors, out var eventType)
            || !_aggregates.TrySelect(eventType, node.Event, default, node.Where, out var where, out var selection))
        {
            return null;
        }

        var spec = new AggregateSpec(
            AggregateKind.Count, eventType, default, where, null, AggregateType.Integer, $"count({selection}{WindowBinder.TextOf(period)})")
        {
            Period = period,
            Calendar = scope.Calendars.Calendar,
        };
        if (_aggregates.Share(node.At, spec) is not { } counts)
        {
            return null;
        }

        var unit = node.IsWeeks ? "weeks" : "days";
        var span = node.Function == "active_in" ? $"{node.Count} of {node.Of} {unit}" : $"{node.Count} {unit}";
        var text = $"{node.Function}({selection}, {span})";
        var condition = new RhythmCondition(counts, node.Count, isStreak);
        Mention(
            text, new AggregateRead(counts, long.MaxValue),
            (record, nowMs) => string.Create(CultureInfo.InvariantCulture, $"{condition.Count(record, nowMs)} {unit}"));
        return Test(condition, text);
    }

    private string? Sequence(SequenceNode node)
    {
        var (steps, notAfter, texts) = (new List<SequenceStep>(), new List<List<SequenceStep>>(), new List<string>());
        var failed = false;
        foreach (var step in node.Steps)
        {
            if (!scope.Names.TryResolve(step.Event, scope.Errors, out var type)
                || !_aggregates.TrySelect(type, step.Event, default, step.Where, out var where, out var selection))
            {
                failed = true;
                continue;
            }

            texts.Add(step.IsAbsent ? "not " + selection : selection);
            if (!step.IsAbsent)
            {
                steps.Add(new SequenceStep(type, where));
                notAfter.Add([]);
            }
            else if (steps.Count > 0)
            {
                notAfter[^1].Add(new SequenceStep(type, where));
            }
        }

        if (failed || !IsSequence(node, steps.Count, notAfter) || !TryShared(node.Same, out var same))
        {
            return null;
        }

        return Sequence(node, new SequenceSpec(steps, notAfter, node.Within.Ms, same), string.Join(" then ", texts));
    }

    private string? Sequence(SequenceNode node, SequenceSpec sequence, string steps)
    {
        var same = sequence.Same.Kind == FieldKind.None ? "" : $", same: {sequence.Same.Text}";
        var text = $"sequence({steps} within {DurationText.Format(sequence.WithinMs)}{same})";
        var needsCalendar = sequence.All.Any(step => step.Where?.AsksForCalendar == true);
        var spec = new AggregateSpec(AggregateKind.Sequence, null, default, null, null, AggregateType.Integer, text)
        {
            Sequence = sequence,
            Calendar = needsCalendar ? scope.Calendars.Calendar : null,
        };
        if (_aggregates.Share(node.At, spec) is not { } aggregate)
        {
            return null;
        }

        var condition = new SequenceCondition(aggregate, node.Window?.Ms ?? long.MaxValue);
        text = node.Window is null ? text : $"{text[..^1]}, {DurationText.Format(node.Window.Ms)})";
        Mention(text, new AggregateRead(aggregate, long.MaxValue), condition.Show);
        return Test(condition, text);
    }

    private bool IsSequence(SequenceNode node, int steps, List<List<SequenceStep>> notAfter)
    {
        var complaint = node.Steps[0].IsAbsent ? "a sequence begins with an event, not with its absence"
            : steps == 1 && notAfter[0].Count == 0 ? "a sequence has a second event: product_added then order_completed within 2h"
            : node.Within.Ms == 0 || node.Window?.Ms == 0 ? "a duration here is longer than 0"
            : null;
        if (complaint is not null)
        {
            scope.Errors.Report(node.At, complaint);
        }

        return complaint is null;
    }

    private bool TryShared(TextNode? same, out EventField field)
    {
        field = default;
        if (same is null)
        {
            return true;
        }

        if (!SharedFields.Contains(same.Value, StringComparer.OrdinalIgnoreCase))
        {
            scope.Errors.Report(same.At, $"'{same.Value}' cannot be shared by events; there are: {string.Join(", ", SharedFields)}."
                + NearestName.Hint(same.Value, SharedFields));
            return false;
        }

        field = EventField.Named(same.Value);
        return true;
    }

    private string? Exists(ExistsNode node) => node.Name is ProfileNode profile
        ? Profile(profile, new PredicateStep(PredicateOp.Exists), null)
        : scope.Errors.Report(
            node.At, "exists(…) looks at one event; write it behind 'where': did(order_completed where exists(coupon)), or at the profile: exists(profile.email)");

    private string? Profile(ProfileNode node, Comparison comparison, SyntaxNode constant)
    {
        PredicateStep? test = constant switch
        {
            NumberNode => _constants.Read(constant, AggregateType.Micro, $"profile.{node.Name}") is { } number
                ? new PredicateStep(PredicateOp.Number, comparison, Number: number)
                : null,
            BooleanNode boolean => new PredicateStep(PredicateOp.Boolean, comparison, Number: boolean.Value ? 1 : 0),
            TextNode text => new PredicateStep(PredicateOp.Text, Text: new TextTest(TextOp.Compare, comparison, text.Value)),
            _ => null,
        };
        if (test is null && constant is not NumberNode)
        {
            return scope.Errors.Report(
                constant.At, $"profile.{node.Name} is compared with a text, a number, true or false, found {LiteralBinder.Describe(constant)}");
        }

        return test is { } step ? Profile(node, step, $" {comparison.Sign()} {LiteralBinder.Canonical(constant)}") : null;
    }

    /// <param name="suffix">What stands behind the name in canonical words; null for <c>exists</c>.</param>
    private string? Profile(ProfileNode node, PredicateStep test, string? suffix)
    {
        var name = $"profile.{(node.Name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-') ? node.Name : LiteralBinder.Quote(node.Name))}";
        var spec = new AggregateSpec(
            AggregateKind.Profile, EventTypes.Identify, EventField.Property(node.Name), null, null, AggregateType.Boolean, name);
        if (_aggregates.Share(node.At, spec) is not { } attribute)
        {
            return null;
        }

        Mention(name, new AggregateRead(attribute, long.MaxValue), (record, _) => TraitText.Profile(record, attribute.Id));
        return Test(new ProfileCondition(attribute, test), suffix is null ? $"exists({name})" : name + suffix);
    }
}
