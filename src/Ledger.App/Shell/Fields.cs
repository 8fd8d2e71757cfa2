using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using Ledger.App.Intake.Announce;
using Ledger.Domain.Values;

namespace Ledger.App.Shell;

/// <summary>The fields of a change as a request brings them: as JSON, in which every field has to be known, or as a form.</summary>
internal static class Fields
{
    private static readonly JsonSerializerOptions Strict = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
    };

    /// <exception cref="BadHttpRequestException">The body is no JSON.</exception>
    /// <exception cref="InvalidValueException">A field is not known, or of another sort.</exception>
    public static async Task<T> OfJson<T>(HttpRequest request, CancellationToken cancel) where T : class, new()
    {
        if (request.ContentLength == 0)
            return new T();
        try
        {
            return await JsonSerializer.DeserializeAsync<T>(request.Body, Strict, cancel) ?? new T();
        }
        catch (JsonException e) when (e.InnerException is JsonException syntax)
        {
            throw new BadHttpRequestException($"The body is no JSON: {syntax.Message}", e);
        }
        catch (JsonException e)
        {
            throw new InvalidValueException(e.Path is { Length: > 2 } path ? path[2..] : "body", Problem(e));
        }
    }

    /// <summary>
    /// A form's texts, each under the name of its field, and under <c>by.words</c> what is a field of <c>by</c>. What has fields itself may
    /// be given as YAML, too, and then others of its fields beside it. Texts under other names are the page's own.
    /// </summary>
    /// <exception cref="InvalidValueException">A text is no number where one is expected.</exception>
    public static async Task<T> OfForm<T>(HttpRequest request, CancellationToken cancel) where T : class, new()
    {
        var fields = new T();
        Fill(fields, await FormOf(request, cancel), "");
        return fields;
    }

    /// <summary>The form that was sent.</summary>
    /// <exception cref="BadHttpRequestException">Something else was.</exception>
    public static async Task<IFormCollection> FormOf(HttpRequest request, CancellationToken cancel) => request.HasFormContentType ? await request.ReadFormAsync(cancel)
        : throw new BadHttpRequestException($"The body is '{request.ContentType}'; a form is expected.", StatusCodes.Status415UnsupportedMediaType);

    private static void Fill(object fields, IFormCollection form, string prefix)
    {
        foreach (var field in fields.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            var name = prefix + JsonNamingPolicy.CamelCase.ConvertName(field.Name);
            var text = Text(form, name);
            if (field.PropertyType.IsSubclassOf(typeof(Written)))
            {
                // What was given as YAML is there already.
                if (Nested(field.PropertyType, form, name, text) is { } nested)
                    field.SetValue(fields, nested);
            }
            else if (text is not null && field.PropertyType == typeof(string))
                field.SetValue(fields, text);
            else if (text is not null && field.PropertyType == typeof(long?))
                field.SetValue(fields, long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : throw new InvalidValueException(name, $"'{text}' is no number"));
        }
    }

    /// <summary>Null where the form has none of its fields.</summary>
    private static Written? Nested(Type type, IFormCollection form, string name, string? yaml)
    {
        if (yaml is null && !form.Keys.Any(key => key.StartsWith(name + ".", StringComparison.Ordinal) && Text(form, key) is not null))
            return null;
        var nested = yaml is null ? (Written)Activator.CreateInstance(type)! : StrictYaml.Parse(name, yaml, type);
        Fill(nested, form, name + ".");
        return nested;
    }

    /// <summary>A browser sends what was left empty, and ends lines as of old.</summary>
    private static string? Text(IFormCollection form, string name) =>
        form[name].ToString().ReplaceLineEndings("\n") is var text && string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    /// <summary>The framework's own sentences name types of the program.</summary>
    private static string Problem(JsonException e) =>
        (e.InnerException as InvalidValueException)?.Problem
        ?? (e.Message.Contains("could not be mapped", StringComparison.Ordinal) ? "is not a field that is known there"
            : e.Message.Contains("null", StringComparison.Ordinal) ? "is null, where a value is expected"
            : "is of another sort than is expected there");
}
