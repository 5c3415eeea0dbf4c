using System.Collections.Frozen;
using System.Globalization;

namespace StreamSegmenter.Time;

/// <summary>Finds time zones by the names that systems give them: IANA's (<c>Europe/Berlin</c>), Windows' (<c>W. Europe Standard Time</c>)
/// and offsets (<c>+02:00</c>, <c>UTC-5</c>, <c>GMT+0530</c>), which know no summer time.</summary>
internal static class TimeZones
{
    private static readonly TimeSpan OffsetMax = TimeSpan.FromHours(14);

    /// <summary>What an error says is allowed.</summary>
    public const string Hint = "write an IANA name such as Europe/Berlin, a Windows name such as W. Europe Standard Time, or an offset such as +02:00";

    // Unicode CLDR, windowsZones, territory 001: the runtime knows it only with ICU.
    private static readonly FrozenDictionary<string, string> Windows = new (string Windows, string Iana)[]
    {
        ("Dateline Standard Time", "Etc/GMT+12"), ("Hawaiian Standard Time", "Pacific/Honolulu"), ("Alaskan Standard Time", "America/Anchorage"),
        ("Pacific Standard Time", "America/Los_Angeles"), ("US Mountain Standard Time", "America/Phoenix"), ("Mountain Standard Time", "America/Denver"),
        ("Central America Standard Time", "America/Guatemala"), ("Central Standard Time", "America/Chicago"),
        ("Central Standard Time (Mexico)", "America/Mexico_City"), ("Canada Central Standard Time", "America/Regina"),
        ("SA Pacific Standard Time", "America/Bogota"), ("Eastern Standard Time", "America/New_York"),
        ("US Eastern Standard Time", "America/Indiana/Indianapolis"), ("Venezuela Standard Time", "America/Caracas"),
        ("Atlantic Standard Time", "America/Halifax"), ("SA Western Standard Time", "America/La_Paz"), ("Pacific SA Standard Time", "America/Santiago"),
        ("Newfoundland Standard Time", "America/St_Johns"), ("E. South America Standard Time", "America/Sao_Paulo"),
        ("Argentina Standard Time", "America/Argentina/Buenos_Aires"), ("Montevideo Standard Time", "America/Montevideo"),
        ("Azores Standard Time", "Atlantic/Azores"), ("Cape Verde Standard Time", "Atlantic/Cape_Verde"), ("UTC", "Etc/UTC"),
        ("GMT Standard Time", "Europe/London"), ("Greenwich Standard Time", "Atlantic/Reykjavik"), ("Morocco Standard Time", "Africa/Casablanca"),
        ("W. Europe Standard Time", "Europe/Berlin"), ("Central Europe Standard Time", "Europe/Budapest"), ("Romance Standard Time", "Europe/Paris"),
        ("Central European Standard Time", "Europe/Warsaw"), ("W. Central Africa Standard Time", "Africa/Lagos"),
        ("Jordan Standard Time", "Asia/Amman"), ("GTB Standard Time", "Europe/Bucharest"), ("Middle East Standard Time", "Asia/Beirut"),
        ("Egypt Standard Time", "Africa/Cairo"), ("E. Europe Standard Time", "Europe/Chisinau"), ("South Africa Standard Time", "Africa/Johannesburg"),
        ("FLE Standard Time", "Europe/Kiev"), ("Israel Standard Time", "Asia/Jerusalem"), ("Kaliningrad Standard Time", "Europe/Kaliningrad"),
        ("Turkey Standard Time", "Europe/Istanbul"), ("Arabic Standard Time", "Asia/Baghdad"), ("Arab Standard Time", "Asia/Riyadh"),
        ("Belarus Standard Time", "Europe/Minsk"), ("Russian Standard Time", "Europe/Moscow"), ("E. Africa Standard Time", "Africa/Nairobi"),
        ("Iran Standard Time", "Asia/Tehran"), ("Arabian Standard Time", "Asia/Dubai"), ("Azerbaijan Standard Time", "Asia/Baku"),
        ("Georgian Standard Time", "Asia/Tbilisi"), ("Caucasus Standard Time", "Asia/Yerevan"), ("Pakistan Standard Time", "Asia/Karachi"),
        ("West Asia Standard Time", "Asia/Tashkent"), ("India Standard Time", "Asia/Kolkata"), ("Sri Lanka Standard Time", "Asia/Colombo"),
        ("Nepal Standard Time", "Asia/Kathmandu"), ("Bangladesh Standard Time", "Asia/Dhaka"), ("Myanmar Standard Time", "Asia/Yangon"),
        ("SE Asia Standard Time", "Asia/Bangkok"), ("China Standard Time", "Asia/Shanghai"), ("Singapore Standard Time", "Asia/Singapore"),
        ("W. Australia Standard Time", "Australia/Perth"), ("Taipei Standard Time", "Asia/Taipei"), ("Tokyo Standard Time", "Asia/Tokyo"),
        ("Korea Standard Time", "Asia/Seoul"), ("Cen. Australia Standard Time", "Australia/Adelaide"), ("AUS Central Standard Time", "Australia/Darwin"),
        ("E. Australia Standard Time", "Australia/Brisbane"), ("AUS Eastern Standard Time", "Australia/Sydney"),
        ("Tasmania Standard Time", "Australia/Hobart"), ("Vladivostok Standard Time", "Asia/Vladivostok"),
        ("New Zealand Standard Time", "Pacific/Auckland"), ("Fiji Standard Time", "Pacific/Fiji"), ("Tonga Standard Time", "Pacific/Tongatapu"),
    }.ToFrozenDictionary(pair => pair.Windows, pair => pair.Iana, StringComparer.OrdinalIgnoreCase);

    /// <summary>The zone of that name; false when it is not known here.</summary>
    public static bool TryFind(string name, out TimeZoneInfo zone)
    {
        name = name.Trim();
        if (TryReadOffset(name, out var offset))
        {
            var id = string.Create(CultureInfo.InvariantCulture, $"UTC{(offset < TimeSpan.Zero ? '-' : '+')}{offset:hh\\:mm}");
            zone = offset == TimeSpan.Zero ? TimeZoneInfo.Utc : TimeZoneInfo.CreateCustomTimeZone(id, offset, id, id);
            return true;
        }

        zone = TimeZoneInfo.Utc;
        if (name.Length == 0 || !TimeZoneInfo.TryFindSystemTimeZoneById(Windows.GetValueOrDefault(name, name), out var found))
        {
            return false;
        }

        zone = found;
        return true;
    }

    /// <summary>Reads <c>Z</c>, <c>+2</c>, <c>-05:00</c>, <c>+0530</c>, each also behind <c>UTC</c> or <c>GMT</c>.</summary>
    private static bool TryReadOffset(string name, out TimeSpan offset)
    {
        offset = TimeSpan.Zero;
        if (name is "Z" or "z")
        {
            return true;
        }

        var text = name.StartsWith("UTC", StringComparison.OrdinalIgnoreCase) || name.StartsWith("GMT", StringComparison.OrdinalIgnoreCase)
            ? name[3..] : name;
        if (text.Length < 2 || text[0] is not ('+' or '-'))
        {
            return false;
        }

        var digits = text[1..].Replace(":", "", StringComparison.Ordinal);
        if (digits.Length is not (1 or 2 or 4) || !int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return false;
        }

        var (hours, minutes) = digits.Length == 4 ? (number / 100, number % 100) : (number, 0);
        offset = new TimeSpan(hours, minutes, 0) * (text[0] == '-' ? -1 : 1);
        return minutes < 60 && offset.Duration() <= OffsetMax;
    }
}
