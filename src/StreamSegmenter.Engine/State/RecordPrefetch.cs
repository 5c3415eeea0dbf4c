using StreamSegmenter.Customers;

namespace StreamSegmenter.Engine.State;

/// <summary>Fetches records ahead of a loop over customers. The first touch of a record waits for memory once for each link of a chain: its
/// object, its state, its recent events. Each step fetches one link for a customer that is
/// some turns ahead, where the step before has fetched the link that leads there.</summary>
internal static class RecordPrefetch
{
    public const int Steps = 3;

    /// <summary>The farthest that a step looks ahead.</summary>
    public const int Distance = Steps * TurnsPerStep;

    private const int TurnsPerStep = 3;

    public static int Ahead(int step) => Distance - (step * TurnsPerStep);

    public static void Run(WorkingCustomer customer, int step)
    {
        switch (step)
        {
            case 0:
                Prefetch.Object(customer.Record);
                break;
            case 1:
                customer.Record.PrefetchBytes();
                break;
            default:
                customer.Record.History.Events.PrefetchBytes();
                break;
        }
    }
}
