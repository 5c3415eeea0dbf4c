// Acts on abandoned carts: reads the engine's stream, takes each trigger once, takes back what is retracted, goes on after a break.
// dotnet run subscriber.cs http://127.0.0.1:9464
using System.Net.ServerSentEvents;
using System.Text.Json.Nodes;

using var client = new HttpClient { BaseAddress = new Uri(args[0]), Timeout = Timeout.InfiniteTimeSpan };
client.DefaultRequestHeaders.Add("Authorization", "Bearer " + Environment.GetEnvironmentVariable("STREAMSEGMENTER_TOKEN"));
var count = args.Length > 1 ? int.Parse(args[1]) : int.MaxValue;
var seen = new HashSet<string>(); // a shop keeps it, and the last id, where they outlive the program
for (string? lastId = null; seen.Count < count;)
{
    try
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/stream?kinds=trigger");
        request.Headers.Add("Last-Event-ID", lastId is null ? [] : [lastId]);
        using var answer = (await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead)).EnsureSuccessStatusCode();
        await foreach (var item in SseParser.Create(await answer.Content.ReadAsStreamAsync()).EnumerateAsync())
        {
            lastId = item.EventId;
            if (item.EventType == "trigger" && JsonNode.Parse(item.Data) is { } trigger && seen.Add($"{trigger["triggerId"]} {trigger["kind"]}"))
            {
                Console.WriteLine($"{trigger["kind"]!.GetValue<string>() switch { "emitted" => "write to", "retracted" => "do not write to", _ => "thank" }} {trigger["customerId"]}");
            }

            if (seen.Count >= count)
            {
                break;
            }
        }
    }
    catch (Exception trouble) when (trouble is HttpRequestException or IOException) // the engine is away, or restarts
    {
        Console.Error.WriteLine($"again in 2 s: {trouble.Message}");
        await Task.Delay(2_000);
    }
}
