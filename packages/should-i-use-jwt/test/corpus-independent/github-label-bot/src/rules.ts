const RULES: [RegExp, string][] = [
  [/\b(crash|error|broken|bug)\b/i, 'bug'],
  [/\b(docs?|readme|typo)\b/i, 'documentation'],
  [/\b(please add|feature|support for)\b/i, 'enhancement'],
];

export const labelsFor = (title: string): string[] => RULES.filter(([re]) => re.test(title)).map(([, label]) => label);
