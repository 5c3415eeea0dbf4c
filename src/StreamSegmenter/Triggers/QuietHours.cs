namespace StreamSegmenter.Triggers;

/// <summary>What happens to a step that falls due in quiet hours.</summary>
internal enum QuietHoursAction : byte
{
    /// <summary>It waits for the end of the quiet hours and is checked again then.</summary>
    Defer,

    /// <summary>It is suppressed.</summary>
    Skip,
}

/// <summary>Hours in which no customer is contacted, in the customer's local time: <c>[From, To)</c>, over midnight when
/// <paramref name="To"/> is not after <paramref name="From"/>. Worked example: 21:00 to 08:00 is quiet at 21:00:00.000 and at
/// 07:59:59.999, not at 08:00.</summary>
/// <param name="TimeZone">IANA name, for customers whose own zone is not known.</param>
/// <param name="TimeZoneProperty">Event property that carries the customer's IANA zone; null: all use <paramref name="TimeZone"/>.</param>
internal sealed record QuietHours(
    TimeOnly From, TimeOnly To, string TimeZone, string? TimeZoneProperty, QuietHoursAction Action)
{
    private const int DaysAhead = 2;

    /// <summary>The instant at which the quiet hours around an instant end; null when it is not in quiet hours.</summary>
    /// <remarks>The end is the first instant after it at which local clocks show <see cref="To"/>; where a clock change leaves that
    /// time out, the instant of the change. On a night with two 02:30s, both are what the local clock says.</remarks>
    public long? EndOf(long instantMs, TimeZoneInfo zone)
    {
        var instant = DateTimeOffset.FromUnixTimeMilliseconds(instantMs).UtcDateTime;
        var local = TimeZoneInfo.ConvertTimeFromUtc(instant, zone);
        if (!Contains(TimeOnly.FromDateTime(local)))
        {
            return null;
        }

        for (var day = 0; day <= DaysAhead; day++)
        {
            if (FirstAfter(local.Date.AddDays(day) + To.ToTimeSpan(), instant, zone) is { } end)
            {
                return new DateTimeOffset(end, TimeSpan.Zero).ToUnixTimeMilliseconds();
            }
        }

        throw new InvalidOperationException($"Quiet hours until {To} in {zone.Id} do not end within {DaysAhead} days.");
    }

    private bool Contains(TimeOnly time) =>
        From < To ? time >= From && time < To : time >= From || time < To;

    /// <summary>The first instant after <paramref name="instant"/> at which local clocks show that time; null when they show it only before.</summary>
    private static DateTime? FirstAfter(DateTime local, DateTime instant, TimeZoneInfo zone)
    {
        local = DateTime.SpecifyKind(local, DateTimeKind.Unspecified);
        if (zone.IsInvalidTime(local))
        {
            // The clock jumps over this time: it shows a later one from the instant of the jump on.
            var before = local;
            while (zone.IsInvalidTime(before))
            {
                before = before.AddMinutes(-1);
            }

            var jump = TimeZoneInfo.ConvertTimeToUtc(before, zone).AddMinutes(1);
            return jump > instant ? jump : null;
        }

        if (!zone.IsAmbiguousTime(local))
        {
            var utc = TimeZoneInfo.ConvertTimeToUtc(local, zone);
            return utc > instant ? utc : null;
        }

        DateTime? first = null;
        foreach (var offset in zone.GetAmbiguousTimeOffsets(local))
        {
            var utc = DateTime.SpecifyKind(local - offset, DateTimeKind.Utc);
            if (utc > instant && (first is null || utc < first))
            {
                first = utc;
            }
        }

        return first;
    }
}
