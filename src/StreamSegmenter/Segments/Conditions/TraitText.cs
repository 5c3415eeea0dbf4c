using System.Globalization;
using System.Text;
using StreamSegmenter.Aggregates;
using StreamSegmenter.Customers;
using StreamSegmenter.Events;

namespace StreamSegmenter.Segments.Conditions;

/// <summary>Values as explanations and membership records show them.</summary>
internal static class TraitText
{
    public static string Instant(long timeMs) =>
        DateTimeOffset.FromUnixTimeMilliseconds(timeMs).ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);

    /// <summary>The values of a profile attribute, separated by commas.</summary>
    public static string Profile(CustomerRecord record, ushort id)
    {
        var texts = new List<string>();
        var values = ProfileValues.Read(record, id);
        while (values.Read())
        {
            texts.Add(values.Kind switch
            {
                PropertyKind.Text => Encoding.UTF8.GetString(values.Text),
                PropertyKind.Number => values.Number.ToString("R", CultureInfo.InvariantCulture),
                _ => values.Boolean ? "true" : "false",
            });
        }

        return string.Join(", ", texts);
    }
}
