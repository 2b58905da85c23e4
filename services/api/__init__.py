"""Services, who offers them, and the resources that they take, over HTTP."""
