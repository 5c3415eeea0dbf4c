using Confluent.Kafka;

namespace StreamSegmenter.Connectors.Kafka;

/// <summary>Asks the brokers whether engines run in a consumer group.</summary>
internal static class GroupMembers
{
    /// <param name="unknown">Why the brokers do not say; null: they do.</param>
    /// <returns>That engines run, as a sentence's beginning; null: none does, or it is not known.</returns>
    public static string? Running(IAdminClient admin, string group, TimeSpan timeout, out string? unknown)
    {
        unknown = null;
        try
        {
            var described = GroupQuestion.Ask(admin, group, timeout);
            if (described is { Error.IsError: false })
            {
                var lanes = described.Members.Count;
                return lanes == 0 ? null : $"an engine runs in the group '{group}', with {(lanes == 1 ? "1 lane" : $"{lanes} lanes")}";
            }

            unknown = described is null ? "the group's coordinator does not answer" : ErrorText.Of(described.Error);
        }
        catch (KafkaException e)
        {
            unknown = ErrorText.Of(e.Error);
        }

        return null;
    }
}
